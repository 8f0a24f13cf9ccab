import { dirname } from 'node:path';
import { errnoCode } from '../model/errnoCode.js';
import type { FileOps } from '../model/files.js';
import { NO_LINKS } from '../model/fileTrouble.js';
import type { Manifest, ManifestFile } from '../model/manifest.js';
import { guarded } from './fileTrouble.js';
import { hashFile } from './hashFile.js';
import { publish } from './publishedTree.js';

/**
 * How the files of a committed version stand, by names and sizes: all in place · data in place, some not published · some data gone, a published file of that size
 * still there · some gone altogether.
 *
 * Why no hashes: they are `verify`'s; this look is made at each run.
 */
export type Standing = 'whole' | 'unpublished' | 'restorable' | 'lost';

/** A look at a version's files. */
export interface FilesLook {
  readonly standing: Standing;
  /** The first file that is not in place, relative to the job's folder; undefined where all are. */
  readonly path: string | undefined;
}

/** What can be done about a version's files: nothing had to be · they were put back from what is there · some are gone, only another export brings them back. */
export type Mended = 'whole' | 'mended' | 'lost';

const ORDER: readonly Standing[] = ['whole', 'unpublished', 'restorable', 'lost'];

class CommittedFiles {
  readonly #files: FileOps;
  readonly #jobFolder: string;
  readonly #manifest: Manifest;

  constructor(files: FileOps, jobFolder: string, manifest: Manifest) {
    this.#files = files;
    this.#jobFolder = jobFolder;
    this.#manifest = manifest;
  }

  async look(): Promise<FilesLook> {
    let worst: FilesLook = { standing: 'whole', path: undefined };
    const note = (standing: Standing, path: string): void => {
      if (ORDER.indexOf(standing) > ORDER.indexOf(worst.standing)) worst = { standing, path };
    };
    for (const file of this.#manifest.files) {
      const [hasData, isPublished] = await Promise.all([this.#isThere(file.path, file.bytes), this.#isThere(file.publishedAs, file.bytes)]);
      if (!hasData) note(isPublished ? 'restorable' : 'lost', file.path);
      else if (!isPublished) note('unpublished', file.publishedAs);
    }
    const { rejects } = this.#manifest;
    if (rejects !== null && !(await this.#isThere(rejects.path, rejects.bytes))) note('lost', rejects.path);
    return worst;
  }

  async mend(): Promise<Mended> {
    const { standing } = await this.look();
    if (standing === 'whole' || standing === 'lost') return standing;
    for (const file of this.#manifest.files) if (!(await this.#isThere(file.path, file.bytes)) && !(await this.#restore(file))) return 'lost';
    await publish(this.#files, this.#jobFolder, this.#manifest);
    return 'mended';
  }

  /** Gives a published file its name below `_data` back, where it is what was committed. */
  async #restore({ path, publishedAs, sha256 }: ManifestFile): Promise<boolean> {
    const [data, published] = [this.#absolute(path), this.#absolute(publishedAs)];
    return guarded(data, 'restored', async () => {
      if ((await hashFile(this.#files, published)).sha256 !== sha256) return false;
      await this.#files.makeFolder(dirname(data));
      // No rename over it: a kill in between leaves no temporary file, and the next run comes here again.
      if ((await this.#files.look(data)) !== undefined) await this.#files.unlink(data);
      try {
        await this.#files.link(published, data);
      } catch (error) {
        if (NO_LINKS.has(errnoCode(error) ?? '')) return false;
        throw error;
      }
      await this.#files.syncFolder(dirname(data));
      return true;
    });
  }

  #isThere(path: string, bytes: number): Promise<boolean> {
    const absolute = this.#absolute(path);
    return guarded(absolute, 'looked at', async () => {
      const facts = await this.#files.look(absolute);
      return facts?.kind === 'file' && facts.size === bytes;
    });
  }

  #absolute(relative: string): string {
    return `${this.#jobFolder}/${relative}`;
  }
}

/** Looks whether the files of a version are where they belong, and as long as they were. Changes nothing. @throws SinkError where the file system refuses */
export const lookAtCommitted = (files: FileOps, jobFolder: string, manifest: Manifest): Promise<FilesLook> => new CommittedFiles(files, jobFolder, manifest).look();

/**
 * Puts back what of a version's files can be put back from what is there: published names from the data, data from their published names. For the holder of the job's lock.
 *
 * @throws SinkError where the file system refuses, or a symbolic link stands where a file of ours belongs
 */
export const mendCommitted = (files: FileOps, jobFolder: string, manifest: Manifest): Promise<Mended> => new CommittedFiles(files, jobFolder, manifest).mend();
