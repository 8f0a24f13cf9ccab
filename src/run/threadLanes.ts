import { Worker } from 'node:worker_threads';
import type { MemoryPool } from '../model/memoryPool.js';
import type { DecodedPage } from '../model/page.js';
import type { Lanes, PageContent, TableJob, WrittenPart } from './lanes.js';
import { unpackError, type LaneAnswer, type LaneRequest } from './laneProtocol.js';

/** How to start lane threads. */
export interface ThreadLanesOptions {
  /** The module that a thread runs; it calls `serveLane`. */
  readonly module: URL;
  /** Given to each thread as its workerData. */
  readonly data: unknown;
  readonly threads: number;
  /** Takes the memory of pages back, and gives what blocks are made in. */
  readonly memory: MemoryPool;
}

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

  constructor(options: ThreadLanesOptions) {
    this.#memory = options.memory;
    this.#worker = new Worker(options.module, { workerData: options.data, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB } });
    this.#worker.on('message', (answer: LaneAnswer) => this.#settle(answer));
    this.#worker.on('error', (error: unknown) => this.#die(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on('exit', (code) => this.#die(new Error(`a lane thread ended with status ${String(code)}`)));
  }

  get load(): number {
    return this.#waiting.size;
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

/**
 * A pool of threads that parse, extract and encode; each request goes to the thread with the least to do.
 *
 * Why threads start when pages are asked for: a run that has nothing to do should not pay for them, and a page should not wait for them.
 */
export const threadLanes = (options: ThreadLanesOptions): Lanes => {
  const lanes: Lane[] = [];
  /** How large blocks are lately. Units: bytes. */
  let usual = 0;
  const start = (): Lane => {
    const lane = new Lane(options);
    lanes.push(lane);
    return lane;
  };
  const pick = (): Lane => {
    const idle = lanes.find((lane) => lane.load === 0);
    if (idle !== undefined) return idle;
    if (lanes.length < options.threads) return start();
    return lanes.reduce((least, lane) => (lane.load < least.load ? lane : least));
  };
  return {
    prepare: () => {
      if (lanes.length < options.threads) start();
    },
    decodePage: (body, kind, label) => {
      const room = options.memory.takeKept(usual);
      const transfer = room === undefined ? [body.buffer] : [body.buffer, room];
      return pick().ask((id) => ({ id, type: 'page', body, kind, label, room }), transfer) as Promise<DecodedPage<PageContent>>;
    },
    writeTable: (job: TableJob) => pick().ask((id) => ({ id, type: 'table', job }), []) as Promise<readonly WrittenPart[]>,
    release: (block) => {
      usual = block.byteLength;
      options.memory.give(block.buffer);
    },
    async close() {
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  };
};
