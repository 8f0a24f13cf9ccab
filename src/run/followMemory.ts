import { StateError } from '../model/errors.js';
import type { Followed } from '../model/glance.js';
import type { Log } from '../model/ports.js';
import { withTakenIn } from '../plan/follow.js';
import type { TakenIn } from './partitionPorts.js';

/** What the memory of a run works with. */
export interface FollowMemoryPorts {
  readonly followed: { write(followed: Followed): Promise<void> };
  readonly log: Log;
}

/** What is remembered of followed conversations while a run is under way. */
export class FollowMemory {
  readonly #ports: FollowMemoryPorts;
  readonly #marks: ReadonlyMap<string, number>;
  #followed: Followed;
  #lastWrite: Promise<void> = Promise.resolve();
  #isKept = true;

  /** @param marks by partition path: how fresh the source has to be for what is read, to have taken in what was seen. Units: UTC epoch milliseconds */
  constructor(ports: FollowMemoryPorts, followed: Followed, marks: ReadonlyMap<string, number>) {
    this.#ports = ports;
    this.#followed = followed;
    this.#marks = marks;
  }

  /** Remembers it where what was read is fresh enough: a run that goes on from an earlier one's pages may have read less than was seen. */
  async takenIn({ partition, asOfMs, attemptId }: TakenIn): Promise<void> {
    const markMs = this.#marks.get(partition);
    if (markMs === undefined || asOfMs < markMs) return;
    const followed = withTakenIn(this.#followed, new Set([partition]));
    this.#followed = { ...followed, finished: [...followed.finished, attemptId] };
    await this.write();
  }

  /** Writes one at a time, what is remembered at its turn: partitions end at the same time. A file that cannot be written costs questions later, no data. */
  write(): Promise<void> {
    this.#lastWrite = this.#lastWrite.then(() => this.#keep());
    return this.#lastWrite;
  }

  async #keep(): Promise<void> {
    try {
      await this.#ports.followed.write(this.#followed);
      this.#isKept = true;
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      if (this.#isKept) this.#ports.log.warn('what is known of open conversations is not kept', { reason: error.message });
      this.#isKept = false;
    }
  }
}
