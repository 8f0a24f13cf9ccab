import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diskFacts, requireWritable } from '../../src/cli/diskCheck.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gcx-disk-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('disk check', () => {
  it('looks at the nearest folder there is, and makes none', async () => {
    const facts = await diskFacts(join(folder, 'a', 'b'));
    expect(facts).toMatchObject({ folder, writable: true, isFolder: true });
    expect(facts.freeBytes).toBeGreaterThan(0);
    await expect(requireWritable(join(folder, 'a'))).resolves.toBeUndefined();
  });

  it('refuses a file in the folder’s place, naming it', async () => {
    const file = join(folder, 'output');
    await writeFile(file, '');
    await expect(requireWritable(file)).rejects.toMatchObject({ exitCode: 2, message: `output: ${file} is a file, not a folder` });
    await expect(requireWritable(join(file, 'below'))).rejects.toMatchObject({ exitCode: 2 });
  });
});
