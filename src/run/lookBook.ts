import { ExportError } from '../model/errors.js';
import type { Look } from '../model/look.js';
import { sumOfChanges, type ManifestFile } from '../model/manifest.js';
import { partitionPath, type Partition } from '../model/partition.js';
import type { PartitionPorts } from './partitionPorts.js';
import type { PartitionOutcome } from './report.js';

/** Where looks are kept, for `status`, `plan` and any SQL tool. */
export interface Ledger {
  /** Adds looks, durably; those that are there already are not added again. @throws SinkError */
  append(looks: readonly Look[]): Promise<void>;
}

/** What noting looks works with. */
export interface LookPorts extends Pick<PartitionPorts, 'clock' | 'source' | 'sourceAsOf' | 'version' | 'newId' | 'log'> {
  readonly ledger: Ledger;
}

/** What a run knows of a look beside its outcome. */
export interface LookFacts {
  readonly partition: Partition;
  readonly outcome: PartitionOutcome;
  readonly calls: number;
  readonly elapsedMs: number;
}

/** A run that lasts long writes its looks now and then: what a kill loses is the looks since, never what they were about. */
const WRITE_EVERY_MS = 30_000;

const bytesOf = (files: readonly ManifestFile[]): number => files.reduce((sum, { bytes }) => sum + bytes, 0);

/** Notes each look of a run in the ledger. The ledger tells; it decides nothing: where it cannot be written, the run goes on. */
export class LookBook {
  readonly #ports: LookPorts;
  readonly #runId: string;
  #waiting: readonly Look[] = [];
  #noted = 0;
  #writtenMs: number;
  #writing: Promise<void> = Promise.resolve();

  constructor(ports: LookPorts) {
    this.#ports = ports;
    this.#runId = ports.newId();
    this.#writtenMs = ports.clock.monotonicMs();
  }

  async note(facts: LookFacts): Promise<void> {
    this.#waiting = [...this.#waiting, this.#lookOf(facts)];
    if (this.#ports.clock.monotonicMs() - this.#writtenMs >= WRITE_EVERY_MS) await this.write();
  }

  /** Writes what waits. */
  write(): Promise<void> {
    this.#writtenMs = this.#ports.clock.monotonicMs();
    this.#writing = this.#writing.then(() => this.#append());
    return this.#writing;
  }

  async #append(): Promise<void> {
    const looks = this.#waiting;
    if (looks.length === 0) return;
    try {
      await this.#ports.ledger.append(looks);
      this.#waiting = this.#waiting.slice(looks.length);
    } catch (error) {
      if (!(error instanceof ExportError)) throw error;
      this.#ports.log.warn('looks not kept in the ledger', { looks: looks.length, reason: error.message });
    }
  }

  #lookOf({ partition, outcome, calls, elapsedMs }: LookFacts): Look {
    const { clock, source, sourceAsOf, version } = this.#ports;
    const manifest = outcome.result === 'committed' ? outcome.manifest : undefined;
    return {
      lookId: `${this.#runId}-${String(this.#noted++)}`,
      runId: this.#runId,
      lookedAtMs: clock.nowMs(),
      partition: partitionPath(partition),
      window: partition.window,
      source: source.kind,
      result: outcome.result,
      version: manifest?.version ?? ('version' in outcome ? outcome.version : null),
      state: manifest?.state ?? ('state' in outcome ? outcome.state : null),
      sourceAsOf: manifest === undefined ? sourceAsOf : { ms: Date.parse(manifest.sourceAsOf.at), origin: manifest.sourceAsOf.origin },
      calls,
      pagesFetched: outcome.pagesFetched,
      counts: manifest?.counts ?? ('counts' in outcome ? outcome.counts : null),
      changes: manifest === undefined ? null : sumOfChanges(manifest),
      files: manifest === undefined ? null : manifest.files.length,
      bytes: manifest === undefined ? null : bytesOf(manifest.files),
      elapsedMs,
      exporterVersion: version,
      error: outcome.result === 'failed' ? outcome.failure.error : null,
    };
  }
}
