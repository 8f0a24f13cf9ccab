import { StateError } from '../model/errors.js';
import type { FileOps } from '../model/files.js';
import { isPartitionPath } from '../model/partition.js';
import { guarded } from './fileTrouble.js';
import { manifestPath } from './layout.js';
import type { StoredManifest } from './manifestFile.js';
import { createManifestStore } from './manifests.js';
import { removeData } from './removeData.js';
import { TEMPORARY } from './temporaryName.js';

const HOUR_MS = 3_600_000;

/** Younger files may belong to a run that has not committed yet. Source: RELIABILITY section 3, garbage. */
const GARBAGE_AGE_MS = 72 * HOUR_MS;

/** What counts as garbage. */
export interface SweepOptions {
  /** How long the files of a superseded version are kept, from when it was superseded. */
  readonly keepSupersededMs: number;
  /** The file system's clock, UTC epoch milliseconds. */
  readonly nowMs: number;
}

/** What a sweep removed. */
export interface SweepResult {
  readonly removed: number;
  readonly removedBytes: number;
}

interface FoundFile {
  readonly partition: string;
  /** Relative to the job's folder. */
  readonly path: string;
  readonly size: number;
  readonly modifiedMs: number;
}

/** Where versions have files that manifests name. */
const ROOTS = ['_data', '_rejects'] as const;

const listData = async (files: FileOps, jobFolder: string): Promise<readonly FoundFile[]> => {
  const found: FoundFile[] = [];
  const walk = async (root: string, partition: string): Promise<void> => {
    const folder = `${root}/${partition}`;
    for (const name of await files.list(`${jobFolder}/${folder}`)) {
      const path = `${folder}/${name}`;
      const facts = await files.look(`${jobFolder}/${path}`);
      if (facts?.kind === 'folder') {
        if (isPartitionPath(`${partition}/${name}`)) await walk(root, `${partition}/${name}`);
      } else if (facts !== undefined) found.push({ partition, path, size: facts.size, modifiedMs: facts.modifiedMs });
    }
  };
  for (const root of ROOTS) for (const day of await files.list(`${jobFolder}/${root}`)) if (isPartitionPath(day)) await walk(root, day);
  return found;
};

/** The files of a version, rejected records included. */
const vouchedBy = ({ files, rejects }: StoredManifest['manifest']): readonly { readonly path: string; readonly bytes: number }[] => (rejects === null ? files : [...files, rejects]);

/** Paths that a partition's retained versions name; of superseded ones only files that are as long as they were: what was cut is of use to nobody. */
const retainedPaths = async (files: FileOps, jobFolder: string, chain: readonly StoredManifest[], sizes: ReadonlyMap<string, number>, { keepSupersededMs, nowMs }: SweepOptions): Promise<ReadonlySet<string>> => {
  const retained = new Set<string>();
  for (const [i, { manifest }] of chain.entries()) {
    const successor = chain[i + 1]?.manifest;
    if (successor !== undefined) {
      const supersededAt = (await files.look(`${jobFolder}/${manifestPath(successor.partition, successor.version)}`))?.modifiedMs ?? nowMs;
      if (nowMs - supersededAt > keepSupersededMs) continue;
    }
    for (const { path, bytes } of vouchedBy(manifest)) if (successor === undefined || sizes.get(path) === bytes) retained.add(path);
  }
  return retained;
};

class Sweep {
  readonly #files: FileOps;
  readonly #jobFolder: string;
  readonly #options: SweepOptions;
  readonly #garbage: FoundFile[] = [];

  constructor(files: FileOps, jobFolder: string, options: SweepOptions) {
    this.#files = files;
    this.#jobFolder = jobFolder;
    this.#options = options;
  }

  async run(): Promise<SweepResult> {
    // Data first: a file that is listed here and named by a manifest a moment later is found named.
    const found = await listData(this.#files, this.#jobFolder);
    const byPartition = new Map<string, FoundFile[]>();
    for (const file of found) {
      const of = byPartition.get(file.partition);
      if (of === undefined) byPartition.set(file.partition, [file]);
      else of.push(file);
    }
    for (const [partition, files] of byPartition) await this.#sort(partition, files);
    await removeData(this.#files, this.#jobFolder, this.#garbage.map(({ path }) => path));
    await this.#removeTemporaryManifests();
    return { removed: this.#garbage.length, removedBytes: this.#garbage.reduce((sum, { size }) => sum + size, 0) };
  }

  async #sort(partition: string, files: readonly FoundFile[]): Promise<void> {
    const chain = await this.#chain(partition);
    // Of a partition whose manifests are damaged nobody knows what is garbage.
    if (chain === undefined) return;
    const retained = await retainedPaths(this.#files, this.#jobFolder, chain, new Map(files.map(({ path, size }) => [path, size])), this.#options);
    const named = new Set(chain.flatMap(({ manifest }) => vouchedBy(manifest).map(({ path }) => path)));
    for (const file of files) {
      if (retained.has(file.path)) continue;
      // What a superseded version named has been kept for its time, whatever the file's own age.
      if (named.has(file.path) || this.#isOld(file.modifiedMs)) this.#garbage.push(file);
    }
  }

  async #chain(partition: string): Promise<readonly StoredManifest[] | undefined> {
    try {
      return await createManifestStore(this.#files, this.#jobFolder).chain(partition);
    } catch (error) {
      if (error instanceof StateError) return undefined;
      throw error;
    }
  }

  /** What a killed run left between writing a manifest and linking it. */
  async #removeTemporaryManifests(): Promise<void> {
    const walk = async (folder: string): Promise<void> => {
      for (const name of await this.#files.list(folder)) {
        const path = `${folder}/${name}`;
        const facts = await this.#files.look(path);
        if (facts?.kind === 'folder') await walk(path);
        else if (facts !== undefined && name.startsWith(TEMPORARY) && this.#isOld(facts.modifiedMs)) await this.#files.unlink(path);
      }
    };
    await walk(`${this.#jobFolder}/_manifests`);
  }

  #isOld(modifiedMs: number): boolean {
    return this.#options.nowMs - modifiedMs > GARBAGE_AGE_MS;
  }
}

/**
 * Removes data files and files of rejected records that no manifest names and that are too old to belong to a run under way, and those of versions long superseded.
 *
 * Order: data is listed before manifests are read, so that what is committed meanwhile is not taken for garbage (RELIABILITY section 3).
 * @throws SinkError
 */
export const sweep = (files: FileOps, jobFolder: string, options: SweepOptions): Promise<SweepResult> =>
  guarded(`${jobFolder}/_data`, 'swept', () => new Sweep(files, jobFolder, options).run());
