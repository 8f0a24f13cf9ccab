import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Every file below a folder by its path, with the SHA-256 of its content. */
export const hashesOf = async (folder: string): Promise<Readonly<Record<string, string>>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hashed = await Promise.all(files.map(async (path) => [relative(folder, path), createHash('sha256').update(await readFile(path)).digest('hex')] as const));
  return Object.fromEntries(hashed.sort(([a], [b]) => (a < b ? -1 : 1)));
};

/** What a glob reader sees: files below folders whose names do not begin with `_`. */
export const publishedHashes = async (jobFolder: string): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries(Object.entries(await hashesOf(jobFolder)).filter(([path]) => !path.startsWith('_')));
