import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Job, SourceKind } from '../../src/model/job.js';
import type { Manifest } from '../../src/model/manifest.js';
import type { Window } from '../../src/model/window.js';
import type { JobReport } from '../../src/run/report.js';
import type { AnalyticsConversation } from '../../src/simulate/analyticsModel.js';
import type { ExportRig } from './exportRig.js';
import { duck } from './duck.js';
import { truthAttributes } from './truthRows.js';

const DAY_MS = 24 * 3_600_000;

/** Nights to drive. */
export interface Nights {
  readonly rig: ExportRig;
  readonly job: Job;
  /** The instants of the runs, oldest first. Units: UTC epoch milliseconds. */
  readonly runsAtMs: readonly number[];
}

/** What happened, so that a test can tell that it was not nothing. */
export interface NightsResult {
  /** What was not as it must be; nothing where all is well. */
  readonly problems: readonly string[];
  readonly comparedFiles: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly settled: number;
  /** Runs in which a partition that had ended could not settle as the lake stood still. */
  readonly waitedForLake: number;
  readonly windows: Readonly<Record<string, number>>;
}

/** A partition as the test knows it: at which instant the source was read for what its files hold. */
interface Known {
  readonly window: Window;
  asOfMs: number;
  readAtMs: number;
  state: string;
  version: number;
}

/** As DuckDB's `hex`: what it hands over as text loses a leading byte order mark. */
const hex = (text: string): string => Buffer.from(text).toString('hex').toUpperCase();

const timeOf = (text: string | undefined): string => (text === undefined ? '' : String(Date.parse(text)));

/** A conversation as its rows in three tables must be, one text a row. */
const rowsOf = (conversation: AnalyticsConversation, withAttributes: boolean): string[] => [
  `conversation ${conversation.conversationId} ${timeOf(conversation.conversationEnd)} ${String(conversation.conversationEnd === undefined)}`,
  ...(withAttributes ? truthAttributes([conversation]).map((row) => `attribute ${row.conversation_id} ${row.participant_id} ${hex(row.name)} ${hex(row.value)}`) : []),
  ...(conversation.participants ?? []).flatMap((participant) =>
    (participant.sessions ?? []).flatMap((session) =>
      (session.segments ?? []).map((segment) => `segment ${conversation.conversationId} ${session.sessionId ?? ''} ${timeOf(segment.segmentStart)} ${timeOf(segment.segmentEnd)} ${segment.wrapUpCode ?? ''}`),
    ),
  ),
];

const filesIn = async (folder: string, withAttributes: boolean): Promise<ReadonlyMap<string, string[]>> => {
  const found = new Map<string, string[]>();
  const add = (path: unknown, row: string): void => {
    const partition = /dt=[^/]+(?:\/hr=\d\d)?/.exec(String(path))?.[0] ?? '';
    found.set(partition, [...(found.get(partition) ?? []), row]);
  };
  const from = (table: string): string => `FROM read_parquet('${folder}/parquet/${table}/**/*.parquet', filename = true, hive_partitioning = false)`;
  for (const row of await duck(`SELECT filename, conversation_id, epoch_ms(conversation_end) AS ended, is_open ${from('conversations')}`)) {
    add(row['filename'], `conversation ${String(row['conversation_id'])} ${String(row['ended'] ?? '')} ${String(row['is_open'])}`);
  }
  for (const row of await duck(`SELECT filename, conversation_id, session_id, epoch_ms(segment_start) AS started, epoch_ms(segment_end) AS ended, wrap_up_code ${from('segments')}`)) {
    add(row['filename'], `segment ${String(row['conversation_id'])} ${String(row['session_id'])} ${String(row['started'] ?? '')} ${String(row['ended'] ?? '')} ${String(row['wrap_up_code'] ?? '')}`);
  }
  if (!withAttributes) return found;
  for (const row of await duck(`SELECT filename, concat_ws(' ', 'attribute', conversation_id, participant_id, hex(name), hex(value)) AS text ${from('participant_attributes')}`)) add(row['filename'], String(row['text']));
  return found;
};

const newest = async (folder: string, partition: string, version: number): Promise<Manifest> =>
  JSON.parse((await readFile(join(folder, '_manifests', partition, `${String(version).padStart(16, '0')}.json`), 'utf8')).split('\n')[0]!) as Manifest;

/** Drives a job through nights and holds every night's files against what the simulator showed at the instants at which they were read. */
class NightDriver {
  readonly problems: string[] = [];
  readonly reasons: Record<string, number> = {};
  comparedFiles = 0;
  waitedForLake = 0;
  readonly known = new Map<string, Known>();
  /** Of which instants the answers of the nights were. */
  readonly #seenAtMs: number[] = [];
  readonly #rig: ExportRig;
  readonly #job: Job;
  readonly #folder: string;

  constructor({ rig, job }: Nights) {
    this.#rig = rig;
    this.#job = job;
    this.#folder = join(rig.root, job.name);
  }

  get #kind(): SourceKind {
    return this.#job.source.kind;
  }

  /** Of which instant the answers are: the lake's, or now. */
  #asOf(): number {
    const { simulator, clock } = this.#rig;
    return this.#kind === 'job-cursor' ? simulator.watermarkMs - 1 : clock.nowMs();
  }

  #truth(window: Window, asOfMs: number, attributes: boolean): AnalyticsConversation[] {
    return [...this.#rig.dataset.conversationsStartedIn(window, asOfMs, { attributes })];
  }

  /** What a look at a conversation by its id tells: without attributes where the source reads live data. */
  #glances(window: Window, asOfMs: number): ReadonlyMap<string, { readonly isOpen: boolean; readonly text: string }> {
    return new Map(
      this.#truth(window, asOfMs, this.#kind === 'job-cursor').map((one) => {
        const { conversationStart, conversationEnd, participants } = one;
        return [one.conversationId, { isOpen: conversationEnd === undefined, text: JSON.stringify([conversationStart, conversationEnd, participants], (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)) }];
      }),
    );
  }

  async night(atMs: number): Promise<void> {
    const { clock } = this.#rig;
    clock.advance(atMs - clock.nowMs());
    const asOfMs = this.#asOf();
    const report = await this.#rig.withJob(this.#job, (opened) => opened.run({}));
    if (report.followed?.failure != null) this.problems.push(`${new Date(atMs).toISOString()}: ${report.followed.failure.message}`);
    const before = new Map([...this.known].map(([path, facts]) => [path, { ...facts }]));
    await this.#takeIn(report, atMs, asOfMs);
    this.#checkRestated(report, before, atMs, asOfMs);
    this.#checkFollowed(atMs, asOfMs);
    await this.#checkFiles(atMs);
    this.#seenAtMs.push(asOfMs);
  }

  async #takeIn(report: JobReport, atMs: number, asOfMs: number): Promise<void> {
    for (const outcome of report.outcomes) {
      if (outcome.result === 'failed') this.problems.push(`${new Date(atMs).toISOString()} ${outcome.partition}: ${outcome.failure.message}`);
      if (outcome.result !== 'committed' && outcome.result !== 'unchanged') continue;
      const version = outcome.result === 'committed' ? outcome.manifest.version : outcome.version;
      const manifest = await newest(this.#folder, outcome.partition, version);
      const window = { startMs: Date.parse(manifest.window.from), endMs: Date.parse(manifest.window.to) };
      this.known.set(outcome.partition, { window, asOfMs, readAtMs: atMs, state: manifest.state, version });
      this.#checkState(outcome.partition, manifest, window, atMs, asOfMs);
    }
  }

  /** Settled if and only if the source was complete for the window, and the lookback was over, by now and by the source's mark. */
  #checkState(partition: string, { state }: Manifest, { endMs }: Window, atMs: number, asOfMs: number): void {
    const markMs = this.#kind === 'job-cursor' ? asOfMs + 1 : atMs;
    const shouldBe = endMs + this.#job.lookbackMs <= Math.min(atMs, markMs) ? 'settled' : 'provisional';
    if (state !== shouldBe) this.problems.push(`${new Date(atMs).toISOString()} ${partition}: is ${state}, must be ${shouldBe}`);
    if (state === 'provisional' && endMs + this.#job.lookbackMs <= atMs) this.waitedForLake++;
  }

  /** A settled partition is read again only if a conversation of it changed that was open, or had ended lately. */
  #checkRestated(report: JobReport, before: ReadonlyMap<string, Known>, atMs: number, asOfMs: number): void {
    for (const { partition, reason } of report.followed?.restated ?? []) this.#count(reason, partition);
    for (const outcome of report.outcomes) {
      const was = before.get(outcome.partition);
      if (was?.state !== 'settled' || outcome.result === 'current') continue;
      const now = this.#glances(was.window, asOfMs);
      const lately = this.#seenAtMs.filter((ms) => ms >= asOfMs - this.#job.lookbackMs - DAY_MS && ms < asOfMs).map((ms) => this.#glances(was.window, ms));
      const changed = [...this.#glances(was.window, was.asOfMs)].filter(([id, { isOpen, text }]) => now.get(id)?.text !== text && (isOpen || lately.some((night) => night.get(id)?.isOpen === true)));
      // One that was never looked at is read to know: tests bound how often.
      const isLook = report.followed?.restated.find(({ partition }) => partition === outcome.partition)?.reason === 'conversations-open';
      if (changed.length === 0 && !isLook) this.problems.push(`${new Date(atMs).toISOString()} ${outcome.partition}: is restated, and nothing that is followed changed`);
    }
  }

  #count(reason: string, partition: string): void {
    this.reasons[reason] = (this.reasons[reason] ?? 0) + 1;
    if (!this.known.has(partition)) this.problems.push(`${partition}: is restated and was never exported`);
  }

  /** No conversation that was open in a settled partition is other than in its files, as long as it is followed. */
  #checkFollowed(atMs: number, asOfMs: number): void {
    for (const [partition, { window, state, asOfMs: readMs }] of this.known) {
      if (state !== 'settled' || window.endMs + this.#job.openConversations.maxAgeMs <= atMs) continue;
      const now = this.#glances(window, asOfMs);
      for (const [id, { isOpen, text }] of this.#glances(window, readMs)) {
        if (isOpen && now.get(id)?.text !== text) this.problems.push(`${new Date(atMs).toISOString()} ${partition}: conversation ${id} was open, has changed, and is not restated`);
      }
    }
  }

  async #checkFiles(atMs: number): Promise<void> {
    const attributes = this.#kind !== 'page-number';
    const files = await filesIn(this.#folder, attributes);
    for (const partition of files.keys()) if (!this.known.has(partition)) this.problems.push(`${partition}: is there and was never committed`);
    for (const [partition, { window, asOfMs }] of this.known) {
      const wanted = this.#truth(window, asOfMs, attributes).flatMap((one) => rowsOf(one, attributes)).sort();
      const found = (files.get(partition) ?? []).sort();
      this.comparedFiles++;
      if (JSON.stringify(wanted) !== JSON.stringify(found)) {
        const [has, wants] = [new Set(found), new Set(wanted)];
        const missing = wanted.filter((row) => !has.has(row));
        const surplus = found.filter((row) => !wants.has(row));
        this.problems.push(`${new Date(atMs).toISOString()} ${partition}: ${String(missing.length)} rows missing (${missing[0] ?? ''}), ${String(surplus.length)} surplus (${surplus[0] ?? ''})`);
      }
    }
  }
}

/** Runs a job on every night and checks each. */
export const driveNights = async (nights: Nights): Promise<NightsResult> => {
  const driver = new NightDriver(nights);
  for (const atMs of nights.runsAtMs) await driver.night(atMs);
  const windows: Record<string, number> = {};
  for (const { window } of driver.known.values()) {
    const hours = String((window.endMs - window.startMs) / 3_600_000);
    windows[hours] = (windows[hours] ?? 0) + 1;
  }
  return {
    problems: driver.problems,
    comparedFiles: driver.comparedFiles,
    reasons: driver.reasons,
    settled: [...driver.known.values()].filter(({ state }) => state === 'settled').length,
    waitedForLake: driver.waitedForLake,
    windows,
  };
};
