import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createNodeFiles } from '../../src/sink/nodeFiles.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

describe('files on disk', () => {
  it('leaves folders that are there as they are', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'shared'), { mode: 0o755 });
    await createNodeFiles({ fileMode: 0o600, dirMode: 0o700 }).makeFolder(join(root, 'shared/own'));
    expect((await stat(join(root, 'shared'))).mode & 0o777).toBe(0o755);
    expect((await stat(join(root, 'shared/own'))).mode & 0o777).toBe(0o700);
  });

  it('writes a large piece whole', async () => {
    const root = await temporaryFolder();
    const file = await createNodeFiles({ fileMode: 0o600, dirMode: 0o700 }).open(join(root, 'a'), 'create');
    const bytes = Uint8Array.from({ length: 5_000_000 }, (_, i) => i % 251);
    await file.write(bytes);
    expect(Buffer.from(await file.read(0, bytes.length)).equals(bytes)).toBe(true);
    await file.close();
  });
});
