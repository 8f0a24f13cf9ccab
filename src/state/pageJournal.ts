import { createHash, type Hash } from 'node:crypto';
import { StateError } from '../model/errors.js';
import type { FileOps, OpenFile } from '../model/files.js';
import type { AttemptFacts, BlockRef, Journal, JournaledPage, PageFacts, ScratchFile } from '../model/journal.js';
import type { Position, SourceAsOf } from '../model/page.js';
import type { Clock } from '../model/ports.js';
import { writeCheckpoint, type Checkpoint, type SealedSegment } from './checkpointFile.js';
import { FrameBuffer } from './frameBuffer.js';
import { frameHead, readFrame } from './pageFrame.js';
import { removeJournal } from './removeJournal.js';

/** A segment is sealed at this size or age, whichever comes first (RELIABILITY section 3). */
const SEAL_BYTES = 64 * 1024 * 1024;
const SEAL_MS = 60_000;

/** So much is written although more follows. Units: bytes. */
const GATHERED_BYTES = 4 * 1024 * 1024;

/** The name of journal segment n, from 1. */
export const segmentName = (n: number): string => `seg-${String(n).padStart(5, '0')}`;

/** A file is hashed in pieces of this size. Units: bytes. */
const HASH_BYTES = 1024 * 1024;

const sha256Of = async (file: OpenFile, bytes: number): Promise<string> => {
  const hash = createHash('sha256');
  for (let at = 0; at < bytes; at += HASH_BYTES) hash.update(await file.read(at, Math.min(HASH_BYTES, bytes - at)));
  return hash.digest('hex');
};

interface OpenSegment {
  readonly n: number;
  readonly path: string;
  readonly file: OpenFile;
  readonly hash: Hash;
  readonly openedMs: number;
  bytes: number;
  pages: number;
}

/** What the journal's files are and what they hold. */
export interface JournalPlace {
  readonly files: FileOps;
  readonly clock: Clock;
  /** `_journal/<attemptId>` of the job's folder. */
  readonly folder: string;
}

/**
 * The journal of one attempt: `seg-NNNNN` files of page frames, and checkpoint.json.
 *
 * Each page is appended and made durable (fdatasync) before the next of its part is asked for, together with those that are at hand at the same time; its frame carries the position after it, so the checkpoint need
 * not be written at each page. The checkpoint is written when the attempt begins, when a position without a page must be kept, and at each seal.
 */
export class PageJournal implements Journal {
  readonly attemptId: string;
  readonly partition: string;
  readonly requestHash: string;
  readonly sourceAsOf: SourceAsOf;
  position: Position | undefined;
  ended: boolean;
  generation: number;
  readonly #place: JournalPlace;
  readonly #sealed: SealedSegment[];
  #segment: OpenSegment | undefined;
  readonly #frames = new FrameBuffer();
  #pages: number;
  readonly #scratch: OpenFile[] = [];

  constructor(place: JournalPlace, checkpoint: Checkpoint) {
    this.#place = place;
    this.attemptId = checkpoint.attemptId;
    this.partition = checkpoint.partition;
    this.requestHash = checkpoint.requestHash;
    this.sourceAsOf = checkpoint.sourceAsOf;
    this.position = checkpoint.position ?? undefined;
    this.ended = checkpoint.ended;
    this.generation = checkpoint.generation;
    this.#pages = checkpoint.pages;
    this.#sealed = [...checkpoint.segments];
  }

  /** Starts a journal: its checkpoint is durable before this resolves. */
  static async create(place: JournalPlace, facts: AttemptFacts): Promise<PageJournal> {
    await place.files.makeFolder(place.folder);
    const journal = new PageJournal(place, {
      formatVersion: 1,
      attemptId: facts.attemptId,
      partition: facts.partition,
      requestHash: facts.requestHash,
      sourceAsOf: facts.sourceAsOf,
      generation: 0,
      position: null,
      ended: false,
      pages: 0,
      segments: [],
    });
    await journal.#writeCheckpoint();
    return journal;
  }

  async append(block: Uint8Array, facts: PageFacts, isFollowed = false): Promise<BlockRef> {
    const segment = this.#segment ?? (await this.#openSegment());
    const head = frameHead(facts, block);
    const ref = { file: segment.path, offset: segment.bytes + head.length, length: block.length };
    this.#frames.add(head, block);
    segment.bytes += head.length + block.length;
    segment.pages++;
    this.#pages++;
    this.position = facts.position;
    if (!isFollowed || this.#frames.length >= GATHERED_BYTES) await this.#writeFrames();
    if (segment.bytes >= SEAL_BYTES || this.#place.clock.monotonicMs() - segment.openedMs >= SEAL_MS) await this.#seal();
    return ref;
  }

  async savePosition(position: Position, ended: boolean): Promise<void> {
    await this.#writeFrames();
    this.position = position;
    this.ended = ended;
    if (ended) await this.#closeSegment();
    await this.#writeCheckpoint();
  }

  async restart(position?: Position): Promise<void> {
    this.position = position;
    this.ended = false;
    this.generation++;
    await this.#closeSegment();
    await this.#writeCheckpoint();
  }

  async scratch(name: string): Promise<ScratchFile> {
    const { files, folder } = this.#place;
    const path = `${folder}/${name}`;
    // A run that was killed leaves its own.
    if ((await files.look(path)) !== undefined) await files.unlink(path);
    const file = await files.open(path, 'create');
    this.#scratch.push(file);
    return { path, file };
  }

  async close(): Promise<void> {
    const open = [...this.#scratch.splice(0), ...(this.#segment === undefined ? [] : [this.#segment.file])];
    this.#segment = undefined;
    const closed = await Promise.allSettled(open.map((file) => file.close()));
    for (const one of closed) if (one.status === 'rejected') throw one.reason;
  }

  async discard(): Promise<void> {
    await this.close();
    await removeJournal(this.#place.files, this.#place.folder);
  }

  /**
   * Reads the pages of earlier runs back and takes up after the last whole one.
   *
   * A torn last frame is cut off. @throws StateError where a sealed segment is not as it was sealed.
   */
  async *pages(): AsyncGenerator<JournaledPage, void, void> {
    let pages = 0;
    let last: PageFacts | undefined;
    for await (const page of this.#readSegments()) {
      pages++;
      last = page.facts;
      yield page;
    }
    // The checkpoint speaks for the pages it counted; a later page's own position is newer, an earlier one's is all that is left.
    if (pages !== this.#pages) {
      this.position = last?.position;
      this.ended = false;
      this.generation = Math.max(this.generation, last?.generation ?? 0);
      this.#pages = pages;
      await this.#writeCheckpoint();
    }
  }

  async *#readSegments(): AsyncGenerator<JournaledPage, void, void> {
    const { files, folder } = this.#place;
    const names = (await files.list(folder)).filter((name) => name.startsWith('seg-'));
    for (const sealed of this.#sealed) {
      if (names[sealed.n - 1] !== segmentName(sealed.n)) throw this.#damaged(segmentName(sealed.n), 'is missing');
      yield* this.#readSegment(sealed.n, sealed);
    }
    const open = names.slice(this.#sealed.length);
    for (const [i, name] of open.entries()) {
      const n = this.#sealed.length + 1;
      if (i > 0 || name !== segmentName(n)) throw this.#damaged(name, 'has no place in the checkpoint');
      yield* this.#readSegment(n, undefined);
    }
  }

  async *#readSegment(n: number, sealed: SealedSegment | undefined): AsyncGenerator<JournaledPage, void, void> {
    const { files, folder } = this.#place;
    const path = `${folder}/${segmentName(n)}`;
    const file = await files.open(path, sealed === undefined ? 'update' : 'read');
    let at = 0;
    let pages = 0;
    try {
      const size = await file.size();
      for (let frame = await readFrame(file, at, size); frame !== undefined; frame = await readFrame(file, at, size)) {
        yield { ref: { file: path, offset: frame.blockOffset, length: frame.block.length }, facts: frame.facts, block: frame.block };
        at = frame.end;
        pages++;
      }
      if (sealed !== undefined && (at !== sealed.bytes || size !== sealed.bytes || pages !== sealed.pages)) throw this.#damaged(segmentName(n), 'is damaged');
      if (at < size) await file.truncate(at);
      if (sealed !== undefined) return;
      // What an earlier run wrote last it may not have synced; from now on a checkpoint relies on it.
      await file.sync();
      if (pages > 0) this.#sealed.push({ n, bytes: at, sha256: await sha256Of(file, at), pages });
    } finally {
      await file.close();
    }
    await this.#keepAsFound(path, pages);
  }

  /** An earlier run's open segment is sealed as it was found, so that a segment has one writer. */
  async #keepAsFound(path: string, pages: number): Promise<void> {
    await (pages === 0 ? this.#place.files.unlink(path) : this.#writeCheckpoint());
  }

  async #openSegment(): Promise<OpenSegment> {
    const { files, folder, clock } = this.#place;
    const n = this.#sealed.length + 1;
    const path = `${folder}/${segmentName(n)}`;
    const file = await files.open(path, 'create');
    // Known before anything else can fail, so that `close` finds it.
    this.#segment = { n, path, file, hash: createHash('sha256'), openedMs: clock.monotonicMs(), bytes: 0, pages: 0 };
    await files.syncFolder(folder);
    return this.#segment;
  }

  async #seal(): Promise<void> {
    await this.#closeSegment();
    await this.#writeCheckpoint();
  }

  async #closeSegment(): Promise<void> {
    const segment = this.#segment;
    if (segment === undefined) return;
    await this.#writeFrames();
    this.#segment = undefined;
    try {
      await segment.file.sync();
    } finally {
      await segment.file.close();
    }
    this.#sealed.push({ n: segment.n, bytes: segment.bytes, sha256: segment.hash.digest('hex'), pages: segment.pages });
  }

  /** Makes the frames that were gathered durable. */
  async #writeFrames(): Promise<void> {
    const segment = this.#segment;
    if (segment === undefined || this.#frames.length === 0) return;
    const frames = this.#frames.take();
    await segment.file.write(frames);
    await segment.file.dataSync();
    segment.hash.update(frames);
  }

  #writeCheckpoint(): Promise<void> {
    const { attemptId, partition, requestHash, sourceAsOf, generation, position = null, ended } = this;
    const segments = this.#sealed;
    return writeCheckpoint(this.#place.files, this.#place.folder, { formatVersion: 1, attemptId, partition, requestHash, sourceAsOf, generation, position, ended, pages: this.#pages, segments });
  }

  #damaged(name: string, what: string): StateError {
    return new StateError(`${this.#place.folder}/${name}: ${what}`, { remedy: 'The journal is set aside and the partition is asked for anew; nothing that is committed is touched.' });
  }
}
