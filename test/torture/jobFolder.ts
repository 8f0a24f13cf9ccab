import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** A manifest, as far as the checker reads it: its own reading of the format, none of the writer's code. */
export interface ReadManifest {
  readonly partition: string;
  readonly version: number;
  readonly commitId: string;
  readonly prevSha256: string | null;
  readonly window: { readonly from: string; readonly to: string };
  readonly counts: { readonly pages: number; readonly unique: number };
  readonly openIds?: readonly string[];
  readonly files: readonly { readonly table: string; readonly format: string; readonly path: string; readonly publishedAs: string; readonly bytes: number; readonly sha256: string; readonly rows: number }[];
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Every file below a folder, relative to it; none where there is no folder. */
export const filesBelow = async (folder: string): Promise<string[]> => {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
      .sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
};

/** Size and hash of a file. */
export const digestOf = async (path: string): Promise<{ readonly bytes: number; readonly sha256: string }> => {
  const bytes = await readFile(path);
  return { bytes: bytes.length, sha256: sha256(bytes) };
};

/** The published files of a job's folder by path, with the SHA-256 of each. */
export const publishedTree = async (folder: string): Promise<ReadonlyMap<string, string>> => {
  const tree = new Map<string, string>();
  for (const path of await filesBelow(folder)) if (!path.startsWith('_')) tree.set(path, (await digestOf(join(folder, path))).sha256);
  return tree;
};

/** What the manifests of a job say, and what is wrong with them. */
export interface ReadManifests {
  /** By partition, from the oldest version. */
  readonly chains: ReadonlyMap<string, readonly ReadManifest[]>;
  readonly problems: readonly string[];
}

/** Shape: a line of JSON; a line with the SHA-256 of the first, line end included. */
const readManifest = async (path: string): Promise<{ readonly manifest: ReadManifest; readonly sha256: string } | undefined> => {
  const bytes = await readFile(path);
  const [json, hash, rest, ...more] = bytes.toString('utf8').split('\n');
  if (json === undefined || rest !== '' || more.length > 0 || hash !== sha256(Buffer.from(`${json}\n`))) return undefined;
  return { manifest: JSON.parse(json) as ReadManifest, sha256: sha256(bytes) };
};

/** Reads every manifest: each whole, named after its version, versions without gaps, each made after the one before, no commit twice. */
export const readManifests = async (folder: string): Promise<ReadManifests> => {
  const chains = new Map<string, ReadManifest[]>();
  const problems: string[] = [];
  const commits = new Set<string>();
  const before = new Map<string, string>();
  for (const path of await filesBelow(join(folder, '_manifests'))) {
    const match = /^(.+)\/(\d{16})\.json$/.exec(path);
    if (match === null) {
      problems.push(`_manifests/${path}: is no manifest`);
      continue;
    }
    const [, partition = '', version] = match;
    const read = await readManifest(join(folder, '_manifests', path));
    if (read === undefined) {
      problems.push(`_manifests/${path}: does not fit its own hash`);
      continue;
    }
    const { manifest } = read;
    const chain = chains.get(partition) ?? [];
    chains.set(partition, chain);
    if (manifest.partition !== partition || manifest.version !== Number(version) || manifest.version !== chain.length + 1) problems.push(`_manifests/${path}: is version ${String(manifest.version)} of ${manifest.partition}`);
    if (manifest.prevSha256 !== (before.get(partition) ?? null)) problems.push(`_manifests/${path}: was made after another version than the one before it`);
    if (commits.has(manifest.commitId)) problems.push(`_manifests/${path}: its commit is there twice`);
    commits.add(manifest.commitId);
    before.set(partition, read.sha256);
    chain.push(manifest);
  }
  return { chains, problems };
};
