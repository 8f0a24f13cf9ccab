import { StateError } from '../model/errors.js';
import { formatInstant } from '../model/instant.js';
import { partitionPath, type Partition } from '../model/partition.js';
import { exportPartition } from './exportPartition.js';
import { failureOf, stopsTheRun } from './failureOf.js';
import { LookBook, type LookPorts } from './lookBook.js';
import type { PartitionPorts } from './partitionPorts.js';
import type { Failure, JobReport, PartitionOutcome } from './report.js';

/** Partitions to export, and what else the report says. */
export interface JobWork {
  /** Oldest first. */
  readonly due: readonly Partition[];
  readonly notDue: Readonly<Record<string, number>>;
  readonly force: boolean;
  /** Paths of those whose committed files are gone. */
  readonly replace: ReadonlySet<string>;
  /** Partitions at the same time. */
  readonly concurrency: number;
  readonly notices: readonly string[];
}

/** Remembers why a partition failed, for `status`. */
export interface FailureMemory {
  record(failure: Failure & { readonly partition: string; readonly at: string }): Promise<unknown>;
  clear(partition: string): Promise<void>;
}

/** What exporting a job works with. */
export interface JobPorts extends PartitionPorts, LookPorts {
  readonly failures: FailureMemory;
  /** The source, for one partition, and how many requests it has made. */
  metered(): { readonly source: PartitionPorts['source']; calls(): number };
}

/** Exports partitions, several at a time, the oldest first. */
class JobExport {
  readonly #ports: JobPorts;
  readonly #work: JobWork;
  readonly #outcomes = new Map<string, PartitionOutcome>();
  readonly #calls = new Map<string, number>();
  readonly #queue: Partition[];
  readonly #looks: LookBook;
  #stopped = false;

  constructor(ports: JobPorts, work: JobWork) {
    this.#ports = ports;
    this.#work = work;
    this.#queue = [...work.due];
    this.#looks = new LookBook(ports);
  }

  async run(): Promise<JobReport> {
    const { clock, job, onEvent } = this.#ports;
    const { due, concurrency, notDue, notices } = this.#work;
    const startedAt = formatInstant(clock.nowMs());
    const startedMs = clock.monotonicMs();
    onEvent({ type: 'planned', partitions: due.map(partitionPath) });
    const takers = Array.from({ length: Math.min(concurrency, due.length) }, () => this.#takePartitions());
    // Every taker is waited for, also after a bug in one: no work goes on behind the caller's back.
    const ended = await Promise.allSettled(takers);
    // What writes the ledger takes its memory after them, not on top.
    await this.#ports.lanes.close();
    await this.#looks.write();
    for (const taker of ended) if (taker.status === 'rejected') throw taker.reason;
    return {
      job: job.name,
      startedAt,
      elapsedMs: Math.round(clock.monotonicMs() - startedMs),
      due: due.length,
      outcomes: due.flatMap((partition) => this.#outcomes.get(partitionPath(partition)) ?? []),
      calls: Object.fromEntries(this.#calls),
      notDue,
      interrupted: this.#ports.signal.aborted,
      notices,
    };
  }

  async #takePartitions(): Promise<void> {
    for (;;) {
      const partition = this.#queue.shift();
      if (partition === undefined || this.#stopped || this.#ports.signal.aborted) return;
      try {
        await this.#export(partition);
      } catch (error) {
        this.#stopped = true;
        throw error;
      }
    }
  }

  async #export(partition: Partition): Promise<void> {
    const path = partitionPath(partition);
    const { clock } = this.#ports;
    const { source, calls } = this.#ports.metered();
    const startedMs = clock.monotonicMs();
    const attempt = exportPartition({ ...this.#ports, source }, partition, { force: this.#work.force, isLost: this.#work.replace.has(path) });
    let outcome: PartitionOutcome;
    try {
      outcome = await attempt.run();
      await this.#remember(path, () => this.#ports.failures.clear(path));
    } catch (error) {
      // Interrupted: the journal has what was fetched, and the next run goes on there.
      if (this.#ports.signal.aborted) return;
      if (stopsTheRun(error)) this.#stopped = true;
      const failure = failureOf(error);
      await this.#remember(path, () => this.#ports.failures.record({ ...failure, partition: path, at: formatInstant(clock.nowMs()) }));
      outcome = { result: 'failed', partition: path, failure, pagesFetched: attempt.pagesFetched };
    }
    this.#outcomes.set(path, outcome);
    this.#calls.set(path, calls());
    await this.#looks.note({ partition, outcome, calls: calls(), elapsedMs: clock.monotonicMs() - startedMs });
    this.#ports.onEvent({ type: 'partition-finished', outcome });
  }

  /** The record is for `status`: where it cannot be kept, e.g. on a full disk, the outcome itself is what has to be told. */
  async #remember(partition: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      this.#ports.log.warn('failure record not kept', { partition, reason: error.message });
    }
  }
}

/**
 * Exports a job's due partitions. A partition that fails does not stop the others, unless they would fail likewise.
 *
 * Invariant: resolves when nothing of the job is under way any more.
 * @throws what is no ExportError: a bug.
 */
export const exportJob = (ports: JobPorts, work: JobWork): Promise<JobReport> => new JobExport(ports, work).run();
