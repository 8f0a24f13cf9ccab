import { errnoCode } from '../model/errnoCode.js';
import { SinkError, StateError } from '../model/errors.js';
import type { FileOps } from '../model/files.js';
import { NO_LINKS, WITHOUT_LINKS } from '../model/fileTrouble.js';
import type { Manifest } from '../model/manifest.js';
import { isPartitionPath } from '../model/partition.js';
import { fileTrouble, guarded } from './fileTrouble.js';
import { dataFolder, manifestFolder, manifestPath } from './layout.js';
import { decodeManifest, encodeManifest, type StoredManifest } from './manifestFile.js';
import { attemptTemporaryName } from './temporaryName.js';

/** The manifests of a job: the truth about what is exported. */
export interface ManifestStore {
  /** The highest version, the chain below it checked; undefined where the partition was never exported. @throws StateError where one is damaged */
  read(partition: string): Promise<StoredManifest | undefined>;
  /** Every version, from the oldest. @throws StateError where one is damaged or missing */
  chain(partition: string): Promise<readonly StoredManifest[]>;
  /**
   * Creates the next version, durably: from then on it is what readers see.
   *
   * `lost-race`: another run created that version; nothing of ours is left but data that no manifest names.
   * @throws SinkError where it cannot be written. The version may be there even so: read again before anything of it is removed.
   */
  create(manifest: Manifest): Promise<'created' | 'lost-race'>;
  /** Paths of all partitions that have a version, in order. */
  partitions(): Promise<readonly string[]>;
}

const VERSION = /^(\d{16})\.json$/;

const linkDefect = ({ manifest }: StoredManifest, before: StoredManifest | undefined): string | undefined => {
  if (manifest.prevSha256 !== (before?.sha256 ?? null)) return before === undefined ? 'it is version 1 and names a version before it' : 'it was made after another file than the version before it';
  return undefined;
};

const contentDefect = (manifest: Manifest, partition: string, version: number): string | undefined => {
  if (manifest.partition !== partition) return 'it is of another partition';
  if (manifest.version !== version) return `it is version ${String(manifest.version)} by its content`;
  const isInPlace = manifest.files.every((file) => file.path.startsWith(`${dataFolder(partition)}/`) && file.publishedAs.startsWith(`${file.format}/${file.table}/${partition}/`));
  return isInPlace ? undefined : 'it names a file outside its partition’s folders';
};

class DiskManifests implements ManifestStore {
  readonly #files: FileOps;
  readonly #jobFolder: string;

  constructor(files: FileOps, jobFolder: string) {
    this.#files = files;
    this.#jobFolder = jobFolder;
  }

  async read(partition: string): Promise<StoredManifest | undefined> {
    return (await this.chain(partition)).at(-1);
  }

  async chain(partition: string): Promise<readonly StoredManifest[]> {
    const chain: StoredManifest[] = [];
    for (const version of await this.#versions(partition)) {
      const path = this.#path(manifestPath(partition, version));
      if (version !== chain.length + 1) throw this.#damaged(partition, path, `version ${String(chain.length + 1)} is missing`);
      const stored = decodeManifest(await this.#readFile(path));
      if (typeof stored === 'string') throw this.#damaged(partition, path, stored);
      const defect = contentDefect(stored.manifest, partition, version) ?? linkDefect(stored, chain.at(-1));
      if (defect !== undefined) throw this.#damaged(partition, path, defect);
      chain.push(stored);
    }
    return chain;
  }

  async create(manifest: Manifest): Promise<'created' | 'lost-race'> {
    const { partition, version } = manifest;
    const folder = this.#path(manifestFolder(partition));
    const path = this.#path(manifestPath(partition, version));
    const bytes = encodeManifest(manifest);
    const last = (await this.#versions(partition)).at(-1) ?? 0;
    if (last >= version) return 'lost-race';
    if (last < version - 1) throw this.#damaged(partition, path, `it would be version ${String(version)} after version ${String(last)}`);
    const temporary = `${folder}/${attemptTemporaryName(manifest.attemptId)}`;
    await guarded(temporary, 'written', () => this.#writeTemporary(folder, temporary, bytes));
    const result = await this.#link(temporary, path, bytes);
    await guarded(folder, 'made durable', async () => {
      await this.#files.unlink(temporary);
      await this.#files.syncFolder(folder);
    });
    return result;
  }

  async partitions(): Promise<readonly string[]> {
    const found: string[] = [];
    const root = this.#path('_manifests');
    for (const day of await guarded(root, 'listed', () => this.#files.list(root))) {
      if (!isPartitionPath(day)) continue;
      const names = await this.#list(manifestFolder(day));
      if (names.some((name) => VERSION.test(name))) found.push(day);
      for (const hour of names.map((name) => `${day}/${name}`).filter(isPartitionPath)) {
        if ((await this.#list(manifestFolder(hour))).some((name) => VERSION.test(name))) found.push(hour);
      }
    }
    return found;
  }

  async #writeTemporary(folder: string, temporary: string, bytes: Uint8Array): Promise<void> {
    await this.#files.makeFolder(folder);
    const file = await this.#files.open(temporary, 'create');
    try {
      try {
        await file.write(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      await this.#removeLeftover(temporary);
      throw error;
    }
  }

  /** Whatever link(2) says, what lies at the path afterwards is what counts: an answer may be lost. */
  async #link(temporary: string, path: string, bytes: Uint8Array): Promise<'created' | 'lost-race'> {
    try {
      await this.#files.link(temporary, path);
      return 'created';
    } catch (error) {
      const code = errnoCode(error);
      if (code === undefined) throw error;
      if ((await guarded(path, 'looked at', () => this.#files.look(path))) !== undefined) {
        return Buffer.from(await this.#readFile(path)).equals(bytes) ? 'created' : 'lost-race';
      }
      await this.#removeLeftover(temporary);
      if (!NO_LINKS.has(code)) throw fileTrouble(error, path, 'created');
      throw new SinkError(`${path}: it cannot be created, ${WITHOUT_LINKS.what} (${code})`, { remedy: WITHOUT_LINKS.remedy, cause: error });
    }
  }

  /** After an error that is being reported: a temporary that stays is garbage that a sweep removes. */
  async #removeLeftover(temporary: string): Promise<void> {
    try {
      await this.#files.unlink(temporary);
    } catch (error) {
      if (errnoCode(error) === undefined) throw error;
    }
  }

  async #versions(partition: string): Promise<number[]> {
    const names = await this.#list(manifestFolder(partition));
    return names.flatMap((name) => VERSION.exec(name)?.[1] ?? []).map(Number);
  }

  #list(folder: string): Promise<readonly string[]> {
    const path = this.#path(folder);
    return guarded(path, 'listed', () => this.#files.list(path));
  }

  async #readFile(path: string): Promise<Uint8Array> {
    try {
      return await this.#files.readFile(path);
    } catch (error) {
      const code = errnoCode(error);
      if (code === undefined) throw error;
      throw new StateError(`${path}: it cannot be read (${code})`, { remedy: 'Check the disk and who may read the file, then run again.', cause: error });
    }
  }

  #damaged(partition: string, path: string, what: string): StateError {
    return new StateError(`${path}: ${what}`, {
      remedy: `Restore it from a backup. Without one: move ${manifestFolder(partition)} out of ${this.#jobFolder} and export the partition again.`,
    });
  }

  #path(relative: string): string {
    return `${this.#jobFolder}/${relative}`;
  }
}

/**
 * The manifests under `_manifests` of a job's folder: one file a version, `<partition>/<16-digit version>.json` (format: manifestFile.ts).
 *
 * Invariant: versions are created by link(2), never overwritten, never removed; each names the hash of the file before it.
 */
export const createManifestStore = (files: FileOps, jobFolder: string): ManifestStore => new DiskManifests(files, jobFolder);
