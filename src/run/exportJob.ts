import { StateError } from '../model/errors.js';
import { formatInstant } from '../model/instant.js';
import { partitionPath, type Partition } from '../model/partition.js';
import { exportPartition } from './exportPartition.js';
import { failureOf, isInterruption, stopsTheRun } from './failureOf.js';
import { LookBook, type LookPorts } from './lookBook.js';
import { PartsOfRun, type ExpectedAnswers } from './partsOfRun.js';
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
  /** Partitions, or parts of them, read at the same time; those whose files are written meanwhile come on top, no more of them. With jobs on the server, partitions altogether. */
  readonly concurrency: number;
  /** By partition path; absent where nothing is known. */
  readonly expected: ReadonlyMap<string, ExpectedAnswers>;
  readonly notices: readonly string[];
}

/** Remembers why a partition failed, for `status`. */
export interface FailureMemory {
  record(failure: Failure & { readonly partition: string; readonly at: string; readonly forced?: true }): Promise<unknown>;
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
  readonly #parts: PartsOfRun;
  #stopped = false;
  /** Partitions that are not read yet. */
  readonly #unread: Set<string>;
  /** Partitions that are being read, or hold a job. */
  readonly #underWay = new Set<string>();
  /** What is no ExportError. */
  readonly #bugs: unknown[] = [];

  constructor(ports: JobPorts, work: JobWork) {
    this.#ports = ports;
    this.#work = work;
    this.#queue = [...work.due];
    this.#unread = new Set(work.due.map(partitionPath));
    this.#looks = new LookBook(ports);
    this.#parts = new PartsOfRun({ source: ports.job.source, expected: work.expected, concurrency: work.concurrency, load: () => ({ underWay: this.#underWay.size, waiting: this.#queue.length }) });
  }

  async run(): Promise<JobReport> {
    const { clock, job, onEvent } = this.#ports;
    const { due, concurrency, notDue, notices } = this.#work;
    const startedAt = formatInstant(clock.nowMs());
    const startedMs = clock.monotonicMs();
    onEvent({ type: 'planned', partitions: due.map(partitionPath), expected: this.#expected() });
    await Promise.all(Array.from({ length: Math.min(concurrency, due.length) }, () => this.#takePartitions()));
    await this.#looks.write();
    await this.#ports.lanes.close();
    if (this.#bugs.length > 0) throw this.#bugs[0];
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

  #expected(): number | undefined {
    const sizes = this.#work.due.map((partition) => this.#work.expected.get(partitionPath(partition))?.fetched);
    return sizes.reduce((sum, size) => (sum === undefined || size === undefined ? undefined : sum + size), 0);
  }

  /** One partition after the other: while the files of one are written, the pages of the next are asked for. */
  async #takePartitions(): Promise<void> {
    let writing: Promise<void> = Promise.resolve();
    for (;;) {
      const partition = this.#queue.shift();
      if (partition === undefined || this.#stopped || this.#ports.signal.aborted) return writing;
      const { read, ended } = this.#begin(partition);
      await read;
      await writing;
      writing = ended;
    }
  }

  /** Begins an export. After a bug the others are waited for: no work goes on behind the caller's back. */
  #begin(partition: Partition): { readonly read: Promise<void>; readonly ended: Promise<void> } {
    let onRead = (): void => undefined;
    const read = new Promise<void>((resolve) => {
      onRead = resolve;
    });
    const ended = this.#export(partition, onRead).catch((error: unknown) => {
      this.#stopped = true;
      this.#bugs.push(error);
    }).finally(onRead);
    return { read, ended };
  }

  /** `onRead`: nothing more is asked for, and nothing held on the server. */
  async #export(partition: Partition, onRead: () => void): Promise<void> {
    const path = partitionPath(partition);
    const { clock } = this.#ports;
    const { source, calls } = this.#ports.metered();
    const startedMs = clock.monotonicMs();
    const parts = this.#parts.of(partition);
    this.#underWay.add(path);
    const onEvent: JobPorts['onEvent'] = (event) => {
      if (event.type === 'writing') {
        this.#countAsRead(path);
        if (!source.holdsJob) {
          this.#underWay.delete(path);
          onRead();
        }
      }
      this.#ports.onEvent(event);
    };
    const attempt = exportPartition({ ...this.#ports, source, onEvent }, partition, { force: this.#work.force, isLost: this.#work.replace.has(path), parts });
    let outcome: PartitionOutcome;
    try {
      outcome = await attempt.run();
      await this.#remember(path, () => this.#ports.failures.clear(path));
    } catch (error) {
      // Interrupted: the journal has what was fetched, and the next run goes on there.
      if (isInterruption(error, this.#ports.signal)) return;
      if (stopsTheRun(error)) this.#stopped = true;
      const failure = failureOf(error);
      await this.#remember(path, () => this.#ports.failures.record({ ...failure, partition: path, at: formatInstant(clock.nowMs()), ...(this.#work.force ? { forced: true } : {}) }));
      outcome = { result: 'failed', partition: path, failure, pagesFetched: attempt.pagesFetched };
    }
    this.#countAsRead(path);
    this.#underWay.delete(path);
    this.#outcomes.set(path, outcome);
    this.#calls.set(path, calls());
    await this.#looks.note({ partition, outcome, calls: calls(), elapsedMs: clock.monotonicMs() - startedMs });
    this.#ports.onEvent({ type: 'partition-finished', outcome });
  }

  #countAsRead(path: string): void {
    if (this.#unread.delete(path) && this.#unread.size === 0) this.#ports.lanes.allRead();
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
