import { Worker } from 'node:worker_threads';
import type { SourceKind } from '../model/job.js';
import type { EncodeLooks } from '../model/look.js';
import type { MemoryPool } from '../model/memoryPool.js';
import type { DecodedPage } from '../model/page.js';
import type { Lanes, PageContent, TableJob, WrittenPart } from './lanes.js';
import { unpackError, type LaneAnswer, type LaneMessage, type LaneRequest } from './laneProtocol.js';

/** How to start lane threads. */
export interface ThreadLanesOptions {
  /** The module that a thread runs; it calls `serveLane`. */
  readonly module: URL;
  /** Given to each thread as its workerData. */
  readonly data: unknown;
  readonly threads: number;
  /** Takes the memory of pages back, and gives what blocks are made in. */
  readonly memory: MemoryPool;
  /** Called when no page is on its way any more. */
  readonly onAllRead: () => void;
  /** For looks where no thread runs. */
  readonly encodeLooks: EncodeLooks;
}

/**
 * Requests without an answer at every thread, and conversations of the tables that none is free for, for which another thread is started.
 *
 * Why: starting one takes a quarter of a second of CPU, and thirty MiB. Four pages are read in ten milliseconds, a table of a thousand conversations is written in as
 * many: at the pace of the API's rate limit one thread does all of a run's work.
 */
const WORTH_A_THREAD = { requests: 4, conversations: 10_000 };

/** Young objects of a thread are one conversation and its rows, and the texts of a few hundred: room for them keeps them from being promoted. Units: MiB. */
const YOUNG_GENERATION_MB = 12;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** One thread and what it has been asked. */
class Lane {
  readonly #memory: MemoryPool;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #dead: Error | undefined;
  /** It writes a table. */
  isWriting = false;
  /** It has started and answers: what it is asked does not wait for that. */
  isReady = false;

  constructor(options: ThreadLanesOptions) {
    this.#memory = options.memory;
    this.#worker = new Worker(options.module, { workerData: options.data, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB } });
    this.#worker.on('message', (message: LaneMessage) => {
      if (message === 'ready') this.isReady = true;
      else this.#settle(message);
    });
    this.#worker.on('error', (error: unknown) => this.#die(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on('exit', (code) => this.#die(new Error(`a lane thread ended with status ${String(code)}`)));
  }

  /** Requests without an answer. */
  get load(): number {
    return this.#waiting.size;
  }

  get isAlive(): boolean {
    return this.#dead === undefined;
  }

  ask(request: (id: number) => LaneRequest, transfer: ArrayBuffer[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#dead !== undefined) {
        reject(this.#dead);
        return;
      }
      const id = this.#next++;
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage(request(id), transfer);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(answer: LaneAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('error' in answer) waiting?.reject(unpackError(answer.error));
    else {
      for (const piece of answer.spare) this.#memory.give(piece);
      waiting?.resolve(answer.value);
    }
  }

  #die(error: Error): void {
    this.#dead ??= error;
    for (const waiting of this.#waiting.values()) waiting.reject(this.#dead);
    this.#waiting.clear();
  }
}

const leastLoaded = (lanes: readonly Lane[]): Lane | undefined => lanes.reduce<Lane | undefined>((least, lane) => (least === undefined || lane.load < least.load ? lane : least), undefined);

/** The threads, and the tables that wait for one. */
class ThreadLanes implements Lanes {
  readonly #options: ThreadLanesOptions;
  readonly #lanes: Lane[] = [];
  readonly #tables: { readonly conversations: number; readonly write: (lane: Lane) => void }[] = [];
  /** How large blocks are lately. Units: bytes. */
  #usual = 0;

  constructor(options: ThreadLanesOptions) {
    this.#options = options;
  }

  prepare(): void {
    if (this.#lanes.length === 0) this.#start();
  }

  decodePage(body: Uint8Array<ArrayBuffer>, kind: SourceKind, label: string): Promise<DecodedPage<PageContent>> {
    const room = this.#options.memory.takeKept(this.#usual);
    const transfer = room === undefined ? [body.buffer] : [body.buffer, room];
    return this.#laneForPage().ask((id) => ({ id, type: 'page', body, kind, label, room }), transfer) as Promise<DecodedPage<PageContent>>;
  }

  /** Tables wait here, the first come first, until a thread has none: two at once on a thread would hold two row groups, and the last one keep a thread waiting for the other. */
  writeTable(job: TableJob, signal: AbortSignal): Promise<readonly WrittenPart[]> {
    return new Promise((resolve, reject) => {
      const write = (lane: Lane): void => {
        if (signal.aborted) {
          reject(signal.reason as Error);
          return;
        }
        lane.isWriting = true;
        const asked = lane.ask((id) => ({ id, type: 'table', job }), []) as Promise<readonly WrittenPart[]>;
        void asked.then(resolve, reject).then(() => {
          lane.isWriting = false;
          this.#writeNext();
        });
      };
      this.#tables.push({ conversations: job.order.count, write });
      this.#writeNext();
    });
  }

  allRead(): void {
    this.#options.onAllRead();
  }

  readonly encodeLooks: EncodeLooks = (looks) => {
    const lane = leastLoaded(this.#lanes.filter(({ isAlive }) => isAlive));
    return lane === undefined ? this.#options.encodeLooks(looks) : (lane.ask((id) => ({ id, type: 'looks', looks }), []) as ReturnType<EncodeLooks>);
  };

  release(block: Uint8Array<ArrayBuffer>): void {
    this.#usual = block.byteLength;
    this.#options.memory.give(block.buffer);
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }

  #laneForPage(): Lane {
    const ready = this.#lanes.filter(({ isReady }) => isReady);
    const least = leastLoaded(ready.length > 0 ? ready : this.#lanes) ?? this.#start();
    if (least.load >= WORTH_A_THREAD.requests && this.#mayStart) {
      this.#start();
      this.#writeNext();
    }
    return least;
  }

  #writeNext(): void {
    for (let next = this.#tables[0]; next !== undefined; next = this.#tables[0]) {
      const lane = this.#laneForTable();
      if (lane === undefined) return;
      this.#tables.shift();
      next.write(lane);
    }
  }

  /** For the first table that waits; none where it has to wait on. */
  #laneForTable(): Lane | undefined {
    const least = leastLoaded(this.#lanes.filter((lane) => !lane.isWriting));
    if (least?.load === 0) return least;
    const waiting = this.#tables.reduce((sum, { conversations }) => sum + conversations, 0);
    const isWorthOne = this.#lanes.length === 0 || waiting >= WORTH_A_THREAD.conversations;
    return isWorthOne && this.#mayStart ? this.#start() : least;
  }

  get #mayStart(): boolean {
    return this.#lanes.length < this.#options.threads;
  }

  #start(): Lane {
    const lane = new Lane(this.#options);
    this.#lanes.push(lane);
    return lane;
  }
}

/**
 * A pool of threads that parse, extract and encode; a page goes to the thread with the least to do.
 *
 * Why the first starts when pages are asked for: a run that has nothing to do should not pay for it, and a page should not wait for it. The others start when there is
 * enough to do for them.
 */
export const threadLanes = (options: ThreadLanesOptions): Lanes => new ThreadLanes(options);
