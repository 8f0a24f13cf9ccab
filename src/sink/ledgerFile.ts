import type { AsyncBuffer } from 'hyparquet';
import { SinkError } from '../model/errors.js';
import type { FileFacts, FileOps } from '../model/files.js';
import { LEDGER_COLUMNS, type EncodeLooks, type Look } from '../model/look.js';
import type { Log } from '../model/ports.js';
import { createAtomicFile } from './atomicFile.js';
import { guarded } from './fileTrouble.js';
import { lookOfRow } from './lookOfRow.js';
import { TEMPORARY, temporaryName } from './temporaryName.js';

/** A file of so many looks is left as it is, and the next one begun: what bounds the cost of an append. */
export const LOOKS_A_FILE = 5_000;

const NAME = /^looks-(\d{6,})\.parquet$/;
const TAKEN = /^looks-(\d{6,})\.parquet(?:\.damaged)?$/;
const numbersIn = (names: readonly string[], name: RegExp): readonly number[] => names.flatMap((one) => name.exec(one)?.[1] ?? []).map(Number).sort((a, b) => a - b);
const nameOf = (number: number): string => `looks-${String(number).padStart(6, '0')}.parquet`;

/** What is added to the name of a file that cannot be read: readers of `*.parquet` no longer see it. */
const DAMAGED = '.damaged';
const TRIES = 5;

/** The file was changed by somebody else between our reading and our writing. Never leaves this file. */
class MovedError extends Error {}

/** What a ledger holds. */
export interface LedgerContent {
  /** Oldest first. */
  readonly looks: readonly Look[];
  /** Names of files that cannot be read, those set aside included. */
  readonly unreadable: readonly string[];
}

/** The ledger of a job: a table of every look at a partition, as Parquet files that any SQL tool reads. */
export interface LedgerFolder {
  /** Adds looks, durably; those that are there already are not added again. @throws SinkError */
  append(looks: readonly Look[], encode: EncodeLooks): Promise<void>;
  /**
   * All looks; with `atLeast`, only those of the newest files that hold so many.
   *
   * @throws SinkError where the folder cannot be read; files that are damaged are named.
   */
  read(atLeast?: number): Promise<LedgerContent>;
  /** Removes what a killed run left behind. For the holder of the job's lock. @throws SinkError */
  tidy(): Promise<void>;
}

const asBuffer = (bytes: Uint8Array<ArrayBuffer>): AsyncBuffer => ({
  byteLength: bytes.length,
  slice: (start, end = bytes.length) => bytes.slice(start, end).buffer,
});

/** The looks of a file. `damaged`: it holds none · `foreign`: it has columns that we do not know, by a later version of this program. */
const decodeLooks = async (bytes: Uint8Array<ArrayBuffer>): Promise<readonly Look[] | 'damaged' | 'foreign'> => {
  // Loaded here: most commands look at no ledger.
  const { parquetMetadataAsync, parquetReadObjects } = await import('hyparquet');
  try {
    const file = asBuffer(bytes);
    const metadata = await parquetMetadataAsync(file);
    const known = new Set(LEDGER_COLUMNS.map(({ name }) => name));
    if (metadata.schema.slice(1).some(({ name }) => !known.has(name))) return 'foreign';
    const looks = (await parquetReadObjects({ file, metadata })).map(lookOfRow);
    return looks.every((look) => look !== undefined) ? looks : 'damaged';
  } catch (error) {
    // The reader answers bytes that are no Parquet with plain errors of every kind.
    if (error instanceof Error) return 'damaged';
    throw error;
  }
};

const isSame = (a: FileFacts | undefined, b: FileFacts | undefined): boolean => a?.inode === b?.inode && a?.size === b?.size && a?.modifiedMs === b?.modifiedMs;

/** The newest file, to be written anew with more looks in it, or the next. */
interface Target {
  readonly number: number;
  readonly looks: readonly Look[];
  /** Of the file that is replaced; undefined where there is none. */
  readonly facts: FileFacts | undefined;
}

class DiskLedger implements LedgerFolder {
  readonly #files: FileOps;
  readonly #folder: string;
  readonly #log: Log;

  constructor(files: FileOps, jobFolder: string, log: Log) {
    this.#files = files;
    this.#folder = `${jobFolder}/_ledger`;
    this.#log = log;
  }

  async append(looks: readonly Look[], encode: EncodeLooks): Promise<void> {
    if (looks.length === 0) return;
    await guarded(this.#folder, 'made', () => this.#files.makeFolder(this.#folder));
    for (let tries = 0; tries < TRIES; tries++) {
      try {
        await this.#appendOnce(looks, encode);
        return;
      } catch (error) {
        if (!(error instanceof MovedError)) throw error;
      }
    }
    throw new SinkError(`${this.#folder}: other runs keep writing the ledger`, { remedy: 'Run one export of a job at a time.' });
  }

  async read(atLeast = Number.POSITIVE_INFINITY): Promise<LedgerContent> {
    const files: (readonly Look[])[] = [];
    let looks = 0;
    const unreadable = (await this.#names()).filter((name) => name.endsWith(DAMAGED));
    for (const number of [...(await this.#numbers())].reverse()) {
      const found = await decodeLooks(await this.#readFile(number));
      if (typeof found === 'string') unreadable.push(nameOf(number));
      else files.unshift(found);
      looks += typeof found === 'string' ? 0 : found.length;
      if (looks >= atLeast) break;
    }
    return { looks: files.flat(), unreadable };
  }

  async tidy(): Promise<void> {
    await guarded(this.#folder, 'tidied', async () => {
      for (const name of await this.#files.list(this.#folder)) if (name.startsWith(TEMPORARY)) await this.#files.unlink(`${this.#folder}/${name}`);
    });
  }

  async #appendOnce(looks: readonly Look[], encode: EncodeLooks): Promise<void> {
    const target = await this.#target();
    const there = new Set(target.looks.map(({ lookId }) => lookId));
    const added = looks.filter(({ lookId }) => !there.has(lookId));
    if (added.length === 0) return;
    const all = [...target.looks, ...added];
    await this.#write(target, await encode(all), all.length);
  }

  async #target(): Promise<Target> {
    const last = (await this.#numbers()).at(-1);
    const next = 1 + Math.max(-1, ...numbersIn(await this.#names(), TAKEN));
    if (last === undefined || last < next - 1) return { number: next, looks: [], facts: undefined };
    const path = this.#path(last);
    const facts = await guarded(path, 'looked at', () => this.#files.look(path));
    const looks = await decodeLooks(await this.#readFile(last));
    if (looks === 'damaged') await this.#setAside(last);
    return typeof looks === 'string' || looks.length >= LOOKS_A_FILE ? { number: next, looks: [], facts: undefined } : { number: last, looks, facts };
  }

  /** A reader of all files would stop at it. What it held is still in the manifests, but for how the looks went. */
  async #setAside(number: number): Promise<void> {
    const path = this.#path(number);
    this.#log.warn('ledger file cannot be read, set aside', { file: nameOf(number) });
    await guarded(path, 'set aside', () => this.#files.rename(path, `${path}${DAMAGED}`));
  }

  /** One rename puts the longer file in the place of the shorter: no reader ever counts a look twice, or misses one. */
  async #write({ number, facts }: Target, bytes: Uint8Array, looks: number): Promise<void> {
    const path = this.#path(number);
    const { requireParquet } = await import('./writtenParquet.js');
    const file = await createAtomicFile(this.#files, this.#folder, temporaryName().slice(TEMPORARY.length));
    await file.write(bytes);
    await file.close(() => path, {
      replace: true,
      check: async (written) => {
        await requireParquet(written, bytes.length, 'ledger', [looks]);
        if (!isSame(await this.#files.look(path), facts)) throw new MovedError(path);
      },
    });
  }

  #names(): Promise<readonly string[]> {
    return guarded(this.#folder, 'listed', () => this.#files.list(this.#folder));
  }

  async #numbers(): Promise<readonly number[]> {
    return numbersIn(await this.#names(), NAME);
  }

  #readFile(number: number): Promise<Uint8Array<ArrayBuffer>> {
    const path = this.#path(number);
    return guarded(path, 'read', () => this.#files.readFile(path));
  }

  #path(number: number): string {
    return `${this.#folder}/${nameOf(number)}`;
  }
}

/**
 * The ledger under `_ledger` of a job's folder: `looks-NNNNNN.parquet`, each look one row of one file (columns: `LEDGER_COLUMNS`).
 *
 * An append writes the newest file anew with the looks added, and renames it into place; a file of `LOOKS_A_FILE` looks is left, and the next begun.
 * Why not a file a run: putting many files together takes several steps, between which a reader would count looks twice, or none of them.
 * Invariant: one writer a job (its lock); should there be two all the same, one looks again before it replaces what the other wrote.
 */
export const createLedger = (files: FileOps, jobFolder: string, log: Log): LedgerFolder => new DiskLedger(files, jobFolder, log);
