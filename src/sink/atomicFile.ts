import { createHash, type Hash } from 'node:crypto';
import { dirname } from 'node:path';
import { errnoCode } from '../model/errnoCode.js';
import { SinkError } from '../model/errors.js';
import type { FileOps, OpenFile } from '../model/files.js';
import { NO_LINKS } from '../model/fileTrouble.js';
import { fileTrouble } from './fileTrouble.js';
import { hashFile } from './hashFile.js';
import { TEMPORARY } from './temporaryName.js';

/** What was written. */
export interface FileDigest {
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** How a file is finished. */
export interface Finish {
  /** Looks at the file before it becomes durable; throws where it is not what it should be. */
  readonly check?: (file: OpenFile, digest: FileDigest) => Promise<void>;
  /** What to do where the name is taken by other content: by default that is an error. */
  readonly replace?: boolean;
}

/** A file that appears whole or not at all. */
export interface AtomicFile {
  /** @throws SinkError; the temporary file is gone then. */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Makes the file durable under the absolute path that `nameOf` gives, in the folder it was begun in.
   *
   * @throws SinkError; the temporary file is gone then. Where only the last fsync failed, the file is there: it is whole, and taken up by the next try.
   */
  close(nameOf: (digest: FileDigest) => string, finish?: Finish): Promise<FileDigest & { readonly path: string }>;
  /** Removes what was written; harmless after an error and after `close`. What the file system refuses then is not told: a temporary that is left is garbage that a sweep removes. */
  abort(): Promise<void>;
}

/** Does what no one relies on, whatever the file system says to it. */
const quietly = async (work: () => Promise<unknown>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    if (errnoCode(error) === undefined) throw error;
  }
};

class TemporaryFile implements AtomicFile {
  readonly #files: FileOps;
  readonly #temporary: string;
  readonly #hash: Hash = createHash('sha256');
  #file: OpenFile | undefined;
  #bytes = 0;
  #isLeft = true;

  constructor(files: FileOps, temporary: string, file: OpenFile) {
    this.#files = files;
    this.#temporary = temporary;
    this.#file = file;
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#orDiscard('written', async () => {
      await this.#open().write(bytes);
      this.#hash.update(bytes);
      this.#bytes += bytes.length;
    });
  }

  close(nameOf: (digest: FileDigest) => string, finish: Finish = {}): Promise<FileDigest & { readonly path: string }> {
    return this.#orDiscard('finished', async () => {
      const file = this.#open();
      const digest = { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
      await finish.check?.(file, digest);
      await file.sync();
      this.#file = undefined;
      await file.close();
      const path = nameOf(digest);
      await this.#place(path, digest, finish.replace === true);
      this.#isLeft = false;
      await this.#files.syncFolder(dirname(path));
      return { ...digest, path };
    });
  }

  async abort(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    const left = this.#isLeft;
    this.#isLeft = false;
    await quietly(async () => file?.close());
    if (left) await quietly(() => this.#files.unlink(this.#temporary));
  }

  #open(): OpenFile {
    if (this.#file === undefined) throw new SinkError(`${this.#temporary}: it is closed already`);
    return this.#file;
  }

  async #place(path: string, digest: FileDigest, replace: boolean): Promise<void> {
    if (replace) return this.#files.rename(this.#temporary, path);
    try {
      await this.#files.link(this.#temporary, path);
    } catch (error) {
      const code = errnoCode(error) ?? '';
      if (code === 'EEXIST' || (await this.#files.look(path)) !== undefined) await this.#requireSame(path, digest);
      else if (!NO_LINKS.has(code)) throw error;
      // The same bytes again: by being renamed over them the file is as young as this attempt, and no sweep takes it for garbage.
      await this.#files.rename(this.#temporary, path);
      // Two names of one file stay two names: the link was made although it was reported as failed.
      if ((await this.#files.look(this.#temporary)) === undefined) return;
    }
    await this.#files.unlink(this.#temporary);
  }

  /** An earlier try of the same attempt may have left the file; the name holds its hash. */
  async #requireSame(path: string, digest: FileDigest): Promise<void> {
    const facts = await this.#files.look(path);
    const found = facts?.kind === 'file' && facts.size === digest.bytes ? await hashFile(this.#files, path) : undefined;
    if (found?.sha256 === digest.sha256) return;
    throw new SinkError(`${path}: another file has this name`, { remedy: 'Move it away, then run again: no manifest can name it.' });
  }

  async #orDiscard<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.abort();
      throw fileTrouble(error, this.#temporary, doing);
    }
  }
}

/**
 * Begins a file that appears under its name only when it is whole and durable.
 *
 * Invariant: one fsync, after the last byte; an error of it is final for the file (RELIABILITY section 1).
 * @param id makes the temporary name unique: `.tmp-<id>`.
 * @throws SinkError
 */
export const createAtomicFile = async (files: FileOps, folder: string, id: string): Promise<AtomicFile> => {
  const temporary = `${folder}/${TEMPORARY}${id}`;
  try {
    return new TemporaryFile(files, temporary, await files.open(temporary, 'create'));
  } catch (error) {
    throw fileTrouble(error, temporary, 'made');
  }
};
