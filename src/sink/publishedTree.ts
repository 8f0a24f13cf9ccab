import { dirname } from 'node:path';
import { forcedBackfill } from '../model/backfillCommand.js';
import { errnoCode } from '../model/errnoCode.js';
import { SinkError } from '../model/errors.js';
import type { FileFacts, FileOps } from '../model/files.js';
import { NO_LINKS } from '../model/fileTrouble.js';
import { FORMATS } from '../model/job.js';
import type { Manifest, ManifestFile } from '../model/manifest.js';
import { dayOf, isPartitionPath } from '../model/partition.js';
import { TABLE_NAMES } from '../model/table.js';
import { createAtomicFile } from './atomicFile.js';
import { fileTrouble, guarded } from './fileTrouble.js';
import { hashFile } from './hashFile.js';
import { dataFolder, isUnder, publishedFolder } from './layout.js';
import { TEMPORARY, temporaryName } from './temporaryName.js';

const COPY_CHUNK = 1024 * 1024;

/** What to do about what stands in the place of a folder or file of ours. */
const repairOf = (kind: FileFacts['kind']): string => `${kind === 'symlink' ? 'Remove the link' : 'Move it away'}, then run again: the partition is committed, only its published files are not up to date.`;

/** Makes one partition's published files what its manifest says. */
class Publication {
  readonly #files: FileOps;
  readonly #jobFolder: string;
  readonly #manifest: Manifest;

  constructor(files: FileOps, jobFolder: string, manifest: Manifest) {
    this.#files = files;
    this.#jobFolder = jobFolder;
    this.#manifest = manifest;
  }

  async run(): Promise<void> {
    const wanted = new Set<string>();
    const changed = new Set<string>();
    for (const file of this.#manifest.files) {
      this.#requireInPlace(file);
      wanted.add(file.publishedAs);
    }
    const folders = new Set([...wanted].map((path) => dirname(path)));
    for (const folder of folders) await this.#prepare(folder);
    for (const file of this.#manifest.files) if (await this.#place(file)) changed.add(dirname(file.publishedAs));
    for (const folder of changed) await this.#sync(folder);
    for (const format of FORMATS) for (const table of TABLE_NAMES) await this.#clean(publishedFolder(format, table, this.#manifest.partition), wanted);
  }

  #requireInPlace({ format, table, path, publishedAs }: ManifestFile): void {
    const { partition } = this.#manifest;
    const isInPlace =
      isUnder(`${this.#jobFolder}/${dataFolder(partition)}`, this.#absolute(path)) && dirname(publishedAs) === publishedFolder(format, table, partition) && isUnder(this.#jobFolder, this.#absolute(publishedAs));
    if (!isInPlace) throw new SinkError(`${this.#manifest.partition}: its manifest names a file outside its folders`, { remedy: `Run: gcx verify ${this.#manifest.job}` });
  }

  /** Makes the folder and proves that it lies where its name says. */
  async #prepare(folder: string): Promise<void> {
    await this.#refuseLinks(folder);
    const path = this.#absolute(folder);
    await guarded(path, 'made', () => this.#files.makeFolder(path));
    const [root, real] = await guarded(path, 'looked at', () => Promise.all([this.#files.realPath(this.#jobFolder), this.#files.realPath(path)]));
    if (real !== `${root}/${folder}`) throw new SinkError(`${path}: it leads elsewhere by a symbolic link`, { remedy: repairOf('symlink') });
  }

  /** No folder on the way may be a symbolic link, or data would land wherever it points. Gives whether the folder is there. */
  async #refuseLinks(folder: string): Promise<boolean> {
    const segments = folder.split('/');
    for (let n = 1; n <= segments.length; n++) {
      const path = this.#absolute(segments.slice(0, n).join('/'));
      const facts = await guarded(path, 'looked at', () => this.#files.look(path));
      if (facts === undefined) return false;
      if (facts.kind !== 'folder') throw new SinkError(`${path}: it is a ${facts.kind}, not a folder`, { remedy: repairOf(facts.kind) });
    }
    return true;
  }

  /** Whether anything had to be done. */
  async #place(file: ManifestFile): Promise<boolean> {
    const data = this.#absolute(file.path);
    const path = this.#absolute(file.publishedAs);
    if (await guarded(path, 'looked at', () => this.#isPublished(file))) return false;
    const temporary = `${dirname(path)}/${temporaryName()}`;
    try {
      await this.#files.link(data, temporary);
    } catch (error) {
      if (errnoCode(error) === 'ENOENT' && (await guarded(data, 'looked at', () => this.#files.look(data))) === undefined) throw this.#lost(data);
      if (!NO_LINKS.has(errnoCode(error) ?? '')) throw fileTrouble(error, path, 'published');
      await this.#copy(data, path, file);
      return true;
    }
    await guarded(path, 'published', () => this.#rename(temporary, path));
    return true;
  }

  #lost(data: string): SinkError {
    const { job, partition } = this.#manifest;
    return new SinkError(`${data}: it is committed and missing, so it cannot be published`, {
      remedy: `Restore it from a backup, or export ${partition} again: ${forcedBackfill(job, dayOf(partition))}`,
    });
  }

  async #isPublished(file: ManifestFile): Promise<boolean> {
    const path = this.#absolute(file.publishedAs);
    const there = await this.#files.look(path);
    if (there === undefined) return false;
    if (there.kind !== 'file') throw new SinkError(`${path}: it is a ${there.kind}, not a file`, { remedy: repairOf(there.kind) });
    if (there.size !== file.bytes) return false;
    if (there.inode === (await this.#files.look(this.#absolute(file.path)))?.inode) return true;
    return (await hashFile(this.#files, path)).sha256 === file.sha256;
  }

  async #rename(temporary: string, path: string): Promise<void> {
    try {
      await this.#files.rename(temporary, path);
    } catch (error) {
      await this.#removeIfThere(temporary);
      throw error;
    }
    // Two names of one file stay two names: another run published the same file meanwhile.
    await this.#removeIfThere(temporary);
  }

  async #copy(data: string, path: string, { bytes, sha256 }: ManifestFile): Promise<void> {
    const copy = await createAtomicFile(this.#files, dirname(path), temporaryName().slice(TEMPORARY.length));
    try {
      const source = await guarded(data, 'read', () => this.#files.open(data, 'read'));
      try {
        for (let at = 0; at < bytes; ) {
          const position = at;
          const chunk = await guarded(data, 'read', () => source.read(position, COPY_CHUNK));
          if (chunk.length === 0) break;
          await copy.write(chunk);
          at += chunk.length;
        }
      } finally {
        await source.close();
      }
      await copy.close(
        (digest) => {
          if (digest.sha256 !== sha256) throw new SinkError(`${data}: its SHA-256 is not the one in its manifest`, { remedy: `Run: gcx verify ${this.#manifest.job}` });
          return path;
        },
        { replace: true },
      );
    } catch (error) {
      await copy.abort();
      throw error;
    }
  }

  /** Removes what the manifest does not name, leftovers included, and then the folder where nothing is left in it. */
  async #clean(folder: string, wanted: ReadonlySet<string>): Promise<void> {
    const path = this.#absolute(folder);
    if (!(await this.#refuseLinks(folder))) return;
    await guarded(path, 'cleaned', async () => {
      let removed = false;
      for (const name of await this.#files.list(path)) {
        if (wanted.has(`${folder}/${name}`) || isPartitionPath(`${this.#manifest.partition}/${name}`)) continue;
        // A folder is none of ours: verify reports it.
        if ((await this.#files.look(`${path}/${name}`))?.kind === 'folder') continue;
        await this.#removeIfThere(`${path}/${name}`);
        removed = true;
      }
      if (removed) await this.#files.syncFolder(path);
      await this.#removeEmpty(folder);
    });
  }

  /** The partition's folder, and the day's above an hour's. The table's stays. */
  async #removeEmpty(folder: string): Promise<void> {
    const path = this.#absolute(folder);
    if (!folder.slice(folder.lastIndexOf('/') + 1).includes('=') || (await this.#files.list(path)).length > 0) return;
    try {
      await this.#files.removeFolder(path);
    } catch (error) {
      // Another run has put a file, or taken the folder away, since it was listed.
      if (['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(errnoCode(error) ?? '')) return;
      throw error;
    }
    await this.#files.syncFolder(dirname(path));
    await this.#removeEmpty(dirname(folder));
  }

  async #removeIfThere(path: string): Promise<void> {
    if ((await this.#files.look(path)) !== undefined) await this.#files.unlink(path);
  }

  async #sync(folder: string): Promise<void> {
    const path = this.#absolute(folder);
    await guarded(path, 'made durable', () => this.#files.syncFolder(path));
  }

  #absolute(relative: string): string {
    return `${this.#jobFolder}/${relative}`;
  }
}

/**
 * Makes a partition's published files exactly those of its manifest, for every format and table: hard links to `_data`, copies where links are
 * impossible, renamed into place; then what the manifest does not name is removed.
 *
 * Idempotent: what is right already is not touched, so that it can be repeated after a crash.
 * @throws SinkError, also where a symbolic link stands where a folder or file of ours belongs.
 */
export const publish = (files: FileOps, jobFolder: string, manifest: Manifest): Promise<void> => new Publication(files, jobFolder, manifest).run();
