import { forcedBackfill } from '../model/backfillCommand.js';
import { ExportError, OtherSettingsError, StateError } from '../model/errors.js';
import { formatInstant } from '../model/instant.js';
import type { Journal } from '../model/journal.js';
import type { Manifest, ManifestFile, PartitionCounts, TableChanges } from '../model/manifest.js';
import type { SourceAsOf } from '../model/page.js';
import { partitionPath, type Partition } from '../model/partition.js';
import { incomplete, isAsMuch, isComplete, lessThanLost, sourceTotal } from './completeness.js';
import { fetchPages, type FetchedPages } from './fetchPages.js';
import { journaledRejects } from './journaledRejects.js';
import { numberedParts } from './numberedParts.js';
import type { PartitionParts } from './partsOfRun.js';
import type { CurrentManifest, PartitionPorts } from './partitionPorts.js';
import type { PartitionOutcome } from './report.js';
import { requestHash, schemaHash } from './requestHash.js';
import { piecesOf, type RowOrder } from './rowOrder.js';
import { markBefore, markOf } from './sourceMarks.js';
import { movedNothing, rowsHash, rowsOfTable } from './writtenRows.js';

/** Why a partition is exported. */
export interface ExportOptions {
  /** Replaces what is committed even where the source is no fresher or the request is another. */
  readonly force: boolean;
  /** The files of what is committed are gone: the same request is exported again, and committed even where nothing changed. */
  readonly isLost: boolean;
  readonly parts: PartitionParts;
}

/** The races with other runs that are worth trying again: each loss means that another run committed. */
const RACES = 5;

/** One attempt at a partition, from what is committed to what is published. */
class PartitionExport {
  readonly #ports: PartitionPorts;
  readonly #partition: Partition;
  readonly #path: string;
  readonly #request: string;
  readonly #force: boolean;
  readonly #isLost: boolean;
  readonly #parts: PartitionParts;
  readonly #startedMs: number;
  #sourceTotal: number | null = null;
  #fetch: { readonly pagesFetched: number } | undefined;
  #compared: { readonly version: number; readonly changes: TableChanges | null } | undefined;

  constructor(ports: PartitionPorts, partition: Partition, options: ExportOptions) {
    this.#ports = ports;
    this.#partition = partition;
    this.#path = partitionPath(partition);
    this.#request = requestHash(ports.job, partition, ports.tables);
    this.#force = options.force;
    this.#isLost = options.isLost;
    this.#parts = options.parts;
    this.#startedMs = ports.clock.monotonicMs();
  }

  get pagesFetched(): number {
    return this.#fetch?.pagesFetched ?? 0;
  }

  async run(): Promise<PartitionOutcome> {
    const ports = this.#ports;
    const current = await ports.manifests.read(this.#path);
    const standing = this.#standing(current);
    if (standing !== undefined && current !== undefined) {
      // A crash may have come between its commit and its publication.
      await ports.publish(current.manifest);
      return standing;
    }
    const journal = (await this.#resumed(current)) ?? (await this.#newJournal(current));
    try {
      const fetch = fetchPages(ports, this.#partition, journal, this.#parts);
      this.#fetch = fetch;
      const pages = await this.#fetchWhole(journal, fetch);
      if (current !== undefined && this.#isLost && !this.#force) await this.#refuseLess(journal, pages, current.manifest);
      if (current !== undefined && !this.#isLost && this.#isOlder(markOf(journal, pages), current)) return await this.#superseded(journal, current.manifest);
      ports.onEvent({ type: 'writing', partition: this.#path });
      const files = await this.#write(journal, pages.contents.order);
      return await this.#commit(journal, pages, files);
    } catch (error) {
      await this.#leave(journal);
      throw error;
    }
  }

  /** Closes the journal after an error, which is what has to be told, not that the close failed too. */
  async #leave(journal: Journal): Promise<void> {
    try {
      await journal.close();
    } catch (second) {
      if (!(second instanceof ExportError)) throw second;
    }
  }

  /** A partition that disagrees with the API's count is read once more from the start; only one that could still change may stay short. */
  async #fetchWhole(journal: Journal, fetch: { all(): Promise<FetchedPages>; again(): Promise<FetchedPages> }): Promise<FetchedPages> {
    const ports = this.#ports;
    const pages = await fetch.all();
    this.#sourceTotal = await sourceTotal(ports, this.#partition);
    if (isComplete(pages, this.#sourceTotal, ports.job.completeness)) return pages;
    if (ports.stateOf(this.#partition, markOf(journal, pages)) === 'provisional') {
      ports.log.warn('count differs from the API’s, which may still change', { partition: this.#path, read: pages.contents.counts.unique, total: this.#sourceTotal, missing: pages.missing });
      return pages;
    }
    ports.log.warn('count differs from the API’s, reading again', { partition: this.#path, read: pages.contents.counts.unique, total: this.#sourceTotal, missing: pages.missing });
    const again = await fetch.again();
    this.#sourceTotal = await sourceTotal(ports, this.#partition);
    if (isComplete(again, this.#sourceTotal, ports.job.completeness)) return again;
    // What is in the journal is not worth going on from.
    await this.#release(journal);
    throw incomplete(this.#partition, again, this.#sourceTotal);
  }

  /** What is lost is not replaced by less; nor is less worth going on from. */
  async #refuseLess(journal: Journal, { contents }: FetchedPages, lost: Manifest): Promise<void> {
    if (isAsMuch(contents.counts, lost)) return;
    await this.#release(journal);
    throw lessThanLost(contents.counts, lost);
  }

  /** What is committed is as good as what we could get, or must not be replaced without being told. */
  #standing(current: CurrentManifest | undefined): PartitionOutcome | undefined {
    if (current === undefined || this.#force) return undefined;
    const { manifest } = current;
    if (manifest.requestHash !== this.#request) {
      throw new OtherSettingsError(`${this.#path}: what is committed was exported with another source, filters, tables, formats or participants`, {
        remedy: `Replace it on purpose: ${forcedBackfill(this.#ports.job.name, this.#partition.dt)}`,
      });
    }
    if (this.#isLost) return undefined;
    const { sourceAsOf } = this.#ports;
    const fresher = sourceAsOf.ms > Date.parse(manifest.sourceAsOf.at);
    const state = this.#ports.stateOf(this.#partition, sourceAsOf);
    return fresher || state !== manifest.state ? undefined : { result: 'current', partition: this.#path, version: manifest.version, state: manifest.state, pagesFetched: 0 };
  }

  /** A lake that answers with less than it held for the version that is committed: that one stays. */
  #isOlder({ ms }: SourceAsOf, { manifest }: CurrentManifest): boolean {
    const isOlder = !this.#force && ms < Date.parse(manifest.sourceAsOf.at);
    if (isOlder) this.#ports.log.warn('the answer is older than what is committed, which stays', { partition: this.#path, answer: formatInstant(ms), committed: manifest.sourceAsOf.at });
    return isOlder;
  }

  /** What an earlier run left to go on from. One whose attempt is committed already leads nowhere but to that commit. */
  async #resumed(current: CurrentManifest | undefined): Promise<Journal | undefined> {
    const { journals, source, signal } = this.#ports;
    const found = await journals.resume(this.#path, this.#request, (position) => source.release(position, signal));
    if (found === undefined || found.attemptId !== current?.manifest.commitId) return found;
    await found.discard();
    return undefined;
  }

  #newJournal(current: CurrentManifest | undefined): Promise<Journal> {
    const { sourceAsOf } = this.#ports;
    // The clocks of two servers may differ, which makes no answer older. A data lake that is behind what is committed is behind.
    const asOf = sourceAsOf.origin === 'availability' ? sourceAsOf : { ...sourceAsOf, ms: Math.max(sourceAsOf.ms, markBefore(current?.manifest, sourceAsOf)) };
    return this.#ports.journals.create({ attemptId: this.#ports.newId(), partition: this.#path, requestHash: this.#request, sourceAsOf: asOf });
  }

  async #write(journal: Journal, order: RowOrder): Promise<readonly ManifestFile[]> {
    const ports = this.#ports;
    if (order.count === 0) return [];
    await ports.prepareData(this.#path);
    const pieces = piecesOf(order).map((piece, index, { length }) => ({ order: piece, piece: { index, of: length } }));
    const jobs = ports.job.formats.flatMap((format) =>
      ports.tables.flatMap(({ name }) => pieces.map((piece) => ({ table: name, format, attemptId: journal.attemptId, partition: this.#path, ...piece }))),
    );
    const written = await Promise.allSettled(jobs.map((job) => ports.lanes.writeTable(job, ports.signal)));
    const failed = written.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason as Error;
    const parts = written.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    return numberedParts(parts, (format, table, n) => ports.publishedPath(format, table, this.#path, n));
  }

  async #commit(journal: Journal, pages: FetchedPages, files: readonly ManifestFile[]): Promise<PartitionOutcome> {
    const ports = this.#ports;
    for (let race = 0; race < RACES; race++) {
      const current = await ports.manifests.read(this.#path);
      if (current !== undefined && current.manifest.commitId === journal.attemptId) return this.#finish(journal, current.manifest, pages);
      if (current !== undefined && race > 0 && Date.parse(current.manifest.sourceAsOf.at) >= journal.sourceAsOf.ms && current.manifest.requestHash === this.#request) {
        return this.#superseded(journal, current.manifest);
      }
      const manifest = await this.#manifest(journal, pages, files, current);
      if (current !== undefined && this.#changesNothing(current.manifest, manifest)) return this.#unchanged(journal, current.manifest, { pages, counts: manifest.counts });
      if ((await ports.manifests.create(manifest)) === 'created') return this.#finish(journal, manifest, pages);
    }
    throw new StateError(`${this.#path}: other runs keep committing this partition`, { remedy: 'Run one export of a job at a time.' });
  }

  /** Exports that are forced, or replace what is gone, are always committed: they are how damaged files are replaced. */
  #changesNothing(current: Manifest, next: Manifest): boolean {
    // A version whose open conversations are not listed makes way for one that lists them.
    const isSame = (current.rowsHash === next.rowsHash || movedNothing(current, next)) && current.state === next.state && current.requestHash === next.requestHash && current.openIds !== undefined;
    return isSame && !this.#force && !this.#isLost;
  }

  async #manifest(journal: Journal, read: FetchedPages, files: readonly ManifestFile[], current: CurrentManifest | undefined): Promise<Manifest> {
    const ports = this.#ports;
    const { counts, openIds } = read.contents;
    const previous = current?.manifest;
    const { window } = this.#partition;
    const asOf = markOf(journal, read);
    // The mark of a partition never goes back, also where it is replaced on purpose.
    const atMs = Math.max(asOf.ms, markBefore(previous, asOf));
    return {
      formatVersion: 1,
      job: ports.job.name,
      partition: this.#path,
      window: { from: formatInstant(window.startMs), to: formatInstant(window.endMs) },
      version: (previous?.version ?? 0) + 1,
      commitId: journal.attemptId,
      attemptId: journal.attemptId,
      prevSha256: current?.sha256 ?? null,
      source: ports.source.kind,
      sourceAsOf: { at: formatInstant(atMs), origin: asOf.origin },
      requestHash: this.#request,
      schemaHash: schemaHash(ports.tables),
      rowsHash: rowsHash(files),
      state: ports.stateOf(this.#partition, asOf),
      files,
      counts: { ...counts, rows: rowsOfTable(files, counts, ports), sourceTotal: this.#sourceTotal },
      rejects: counts.rejects === 0 ? null : await ports.writeRejects(this.#path, journal.attemptId, journaledRejects(journal)),
      supersedes: previous === undefined ? null : { version: previous.version, changes: await this.#changes(previous, files) },
      openIds,
      exporterVersion: ports.version,
    };
  }

  /** Counted once a version that is replaced: a lost race is another one. */
  async #changes(previous: Manifest, files: readonly ManifestFile[]): Promise<TableChanges | null> {
    if (this.#compared?.version !== previous.version) this.#compared = { version: previous.version, changes: await this.#ports.rowChanges(previous, files) };
    return this.#compared.changes;
  }

  async #finish(journal: Journal, manifest: Manifest, pages: FetchedPages): Promise<PartitionOutcome> {
    await this.#ports.publish(manifest);
    await this.#end(journal, markOf(journal, pages).ms);
    return { result: 'committed', partition: this.#path, manifest, pagesFetched: pages.pagesFetched, elapsedMs: this.#elapsedMs() };
  }

  /** `counts`: what was counted now, which may be other than when the version was committed: repetitions, pages. */
  async #unchanged(journal: Journal, current: Manifest, { pages, counts }: { readonly pages: FetchedPages; readonly counts: PartitionCounts }): Promise<PartitionOutcome> {
    const { version, state } = current;
    await this.#ports.publish(current);
    await this.#end(journal, markOf(journal, pages).ms);
    return { result: 'unchanged', partition: this.#path, version, state, counts, pagesFetched: pages.pagesFetched, elapsedMs: this.#elapsedMs() };
  }

  async #superseded(journal: Journal, { version, state, sourceAsOf }: Manifest): Promise<PartitionOutcome> {
    await this.#end(journal, Date.parse(sourceAsOf.at));
    return { result: 'current', partition: this.#path, version, state, pagesFetched: this.pagesFetched };
  }

  /** Remembers what the partition holds, then ends the attempt. */
  async #end(journal: Journal, asOfMs: number): Promise<void> {
    await this.#ports.takenIn({ partition: this.#path, asOfMs, attemptId: journal.attemptId });
    await this.#release(journal);
  }

  /** Ends the attempt. Its journal goes last: as long as it is there, the next run knows that there is something left to do. */
  async #release(journal: Journal): Promise<void> {
    const { removeLeftovers, source, signal } = this.#ports;
    await removeLeftovers(this.#path, journal.attemptId);
    if (journal.position !== undefined) await source.release(journal.position, signal);
    await journal.discard();
  }

  #elapsedMs(): number {
    return Math.round(this.#ports.clock.monotonicMs() - this.#startedMs);
  }
}

/**
 * Exports one partition: fetches what the journal lacks, writes its files, commits a manifest, publishes, cleans up (RELIABILITY section 3).
 *
 * @returns its outcome, and how many pages it asked for even where it fails.
 */
export const exportPartition = (ports: PartitionPorts, partition: Partition, options: ExportOptions): { run(): Promise<PartitionOutcome>; readonly pagesFetched: number } =>
  new PartitionExport(ports, partition, options);
