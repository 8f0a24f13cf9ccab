import { expect, it } from 'vitest';
import { guarded } from '../../src/sink/fileTrouble.js';
import { withFileTrouble } from '../../src/state/fileTrouble.js';
import { orStateError } from '../../src/state/orStateError.js';
import { diskFiles } from '../support/diskFiles.js';

it.each(['ENOSPC', 'EACCES', 'EROFS', 'ELOOP', 'ENOTDIR', 'ESTALE'])('whatever part of a run the file system refuses (%s), what to do is the same', async (code) => {
  const refuse = (): Promise<never> => Promise.reject(Object.assign(new Error(code), { code }));
  const remedyOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => undefined, (error: unknown) => (error as { readonly remedy?: unknown }).remedy);
  const remedies = await Promise.all([
    remedyOf(guarded('/a', 'written', refuse)),
    remedyOf(withFileTrouble({ ...diskFiles, makeFolder: refuse }).makeFolder('/a')),
    remedyOf(orStateError('/a', 'written', refuse)),
  ]);
  expect(remedies[0]).toMatch(/\.$/);
  expect(new Set(remedies).size).toBe(1);
});
