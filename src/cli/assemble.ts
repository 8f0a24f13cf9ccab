import { isLoopback } from '../config/origins.js';
import { StateError } from '../model/errors.js';
import type { Followed } from '../model/glance.js';
import { createMemoryPool } from '../model/memoryPool.js';
import type { ConversationSource, SourceAsOf } from '../model/page.js';
import type { Send } from '../model/send.js';
import { permittedPerMinute } from '../model/settings.js';
import type { Window } from '../model/window.js';
import type { Cost } from '../plan/cost.js';
import type { Due } from '../plan/due.js';
import { gapsIn } from '../plan/gaps.js';
import { refuseOtherCuts } from '../plan/otherCuts.js';
import { settledOrProvisional } from '../plan/state.js';
import { exportJob, type JobPorts } from '../run/exportJob.js';
import { followUp, type FollowUp } from '../run/followUp.js';
import type { Lanes } from '../run/lanes.js';
import { recover } from '../run/recover.js';
import { repair, withDamaged } from '../run/repair.js';
import type { JobReport } from '../run/report.js';
import { createClient, type Client } from '../source/client.js';
import { forgetFailures } from './forgetFailures.js';
import { followedFacts, followedPartitions, knownOf } from './jobFollowUp.js';
import { lockJob, runNotices } from './jobLock.js';
import { committedNotices } from './jobNotices.js';
import { costOfRun, planJob } from './jobPlan.js';
import { previewPage } from './jobPreview.js';
import { readJobStatus } from './jobStatus.js';
import { openJobStore, type JobStore } from './jobStore.js';
import { createRowChanges } from './rowChanges.js';
import { withEstimate } from './runEstimate.js';
import { clockNotices, committedIn, dueIn, noticesFor, partitionsIn, pathsOf, readCommitted, wantedBy, workOf, type Committed, type Scope } from './jobWork.js';
import { tablesOf } from './laneParts.js';
import { BEFORE_REQUESTS, setFlags } from './laneTuning.js';
import type { BackfillOptions, HttpStats, JobPlan, JobStatus, OpenedJob, OpenJob, OpenJobOptions, PlanOptions, Preview, RunOptions } from './openedJob.js';
import { openLanes } from './openLanes.js';
import { refuseOtherJobs } from './otherJobs.js';

/** A job with its concrete parts. */
class AssembledJob implements OpenedJob {
  readonly #options: OpenJobOptions;
  readonly #signal: AbortSignal;
  readonly #store: JobStore;
  readonly #memory = createMemoryPool();
  readonly #client: Client;
  readonly #source: ConversationSource;

  constructor(options: OpenJobOptions) {
    const { world, settings, job, log } = options;
    this.#options = options;
    this.#signal = world.signal;
    this.#store = openJobStore(settings, job, { clock: world.clock, log, ...(options.files === undefined ? {} : { files: options.files }) });
    setFlags(BEFORE_REQUESTS);
    this.#client = createClient(settings, { clock: world.clock, random: world.random, log, version: world.version, memory: this.#memory });
    this.#source = this.#client.source(job.source);
  }

  async run(options: RunOptions): Promise<JobReport> {
    const { nowMs, maxPartitions, requireSettled } = options;
    const report = await this.#export((serverNowMs) => ({ nowMs: nowMs ?? serverNowMs, ...(maxPartitions === undefined ? {} : { maxPartitions }) }), { force: false });
    if (requireSettled !== true) return report;
    const committed = await this.#committed();
    const wanted = pathsOf(wantedBy(this.#options.job, nowMs ?? this.#client.serverTime.nowMs() ?? this.#options.world.clock.nowMs(), committed));
    return { ...report, unsettled: wanted.filter((path) => committed.get(path)?.state !== 'settled') };
  }

  backfill({ from, to, force, concurrency }: BackfillOptions): Promise<JobReport> {
    return this.#export((nowMs) => ({ nowMs, range: { from, to }, force }), { force, ...(concurrency === undefined ? {} : { concurrency }) });
  }

  async plan({ from, to, nowMs = this.#options.world.clock.nowMs(), sampling }: PlanOptions): Promise<JobPlan> {
    const { job, settings, log } = this.#options;
    const scope: Scope = { nowMs, ...(from === undefined && to === undefined ? {} : { range: { from, to } }) };
    const committed = await this.#committed();
    const known = knownOf(job, committed, await this.#store.followed.read(), nowMs);
    const changed = new Map(known.due.map(({ partition, reason }) => [partition, reason]));
    const due = dueIn(job, { ...scope, changed: scope.range === undefined ? changed : new Map(), lost: await this.#lost(scope, committed) }, committed);
    refuseOtherCuts(job, due.due, committed);
    const followed = scope.range === undefined ? followedFacts(job, committed, known, nowMs) : null;
    const client = this.#impatientClient();
    try {
      const source = client.source(job.source);
      const count = (window: Window): Promise<number> => source.total(window, this.#signal);
      return await planJob({ job, store: this.#store, due, committed, followed, changed: [...changed.keys()], requestsPerMinute: permittedPerMinute(settings), nowMs, sampling, count, log });
    } finally {
      await client.close();
    }
  }

  async preview(rows: number): Promise<Preview> {
    const { job, world } = this.#options;
    const [newest] = partitionsIn(job, { nowMs: world.clock.nowMs() }, new Map()).slice(-1);
    if (newest === undefined) throw new StateError(`${job.name}: no partition has ended since ${String(job.start)}`, { remedy: 'Set an earlier start in the job.' });
    return previewPage(this.#source, job, newest, rows, this.#signal);
  }

  async status(): Promise<JobStatus> {
    const { job, world } = this.#options;
    const committed = await this.#committed();
    const nowMs = world.clock.nowMs();
    const wanted = wantedBy(job, nowMs, committed);
    const inRun = new Set(pathsOf(partitionsIn(job, { nowMs }, committed)));
    const gaps = gapsIn(wanted, committed).map((gap) => ({ ...gap, byRun: inRun.has(gap.from) }));
    const known = knownOf(job, committed, await this.#store.followed.read(), nowMs);
    const followed = followedFacts(job, committed, known, nowMs);
    const failures = await this.#store.failures.list();
    const notices = [...(await runNotices(this.#store, world)), ...committedNotices(job, { committed, failed: failures.map(({ partition }) => partition), changed: known.due.map(({ partition }) => partition) }, wanted.map(({ window }) => window))];
    return readJobStatus(this.#store, { job, followed, failures, changed: known.due, wanted: { partitions: pathsOf(wanted), gaps }, nowMs, notices, log: this.#options.log });
  }

  /** A server on this machine has this machine's clock; where an imitation has another, that is meant. */
  #clockNotices(): readonly string[] {
    const { settings, world } = this.#options;
    return isLoopback(new URL(settings.genesys.baseUrl).hostname) ? [] : clockNotices(this.#client.serverTime.nowMs(), world.clock.nowMs());
  }

  httpStats(): HttpStats {
    const { requests, throttled, waitedMs, allowed, used, permitted, clients } = this.#client.stats();
    return { requests, throttled, waitedMs, allowed, used, permitted, clients };
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #committed(): Promise<Committed> {
    const { job, log } = this.#options;
    const committed = await readCommitted(this.#store.manifests, (partition, error) => {
      if (!(error instanceof StateError)) throw error;
      log.warn('manifest cannot be read', { partition, reason: error.message });
    });
    refuseOtherJobs(job.name, this.#store.folder, committed);
    return committed;
  }

  /** Locks the job for as long as it takes. */
  async #export(scopeAt: (nowMs: number) => Scope, options: { readonly force: boolean; readonly concurrency?: number }): Promise<JobReport> {
    const { world, job } = this.#options;
    // What cannot be used is said before anything is locked or asked for.
    const ordered = scopeAt(world.clock.nowMs());
    if (ordered.range !== undefined) partitionsIn(job, ordered, new Map());
    const lock = await lockJob(this.#store, world);
    try {
      return await this.#underLock(scopeAt, options);
    } finally {
      await lock.release();
    }
  }

  /** Finishes what a crash left, asks the source how fresh it is, and exports what is due. */
  async #underLock(scopeAt: (nowMs: number) => Scope, options: { readonly force: boolean; readonly concurrency?: number }): Promise<JobReport> {
    const { world, settings, job, log, threads, files } = this.#options;
    // Before anything is written: what is committed may be of another job. Finishing what a crash left adds nothing to it.
    const committed = await this.#committed();
    const lanes = openLanes({ job, settings, jobFolder: this.#store.folder, memory: this.#memory, threads, files });
    try {
      const store = this.#store;
      const remembered = await store.followed.read();
      const unfinished = await recover({ ...store, source: this.#source, log, signal: this.#signal, nowMs: world.clock.nowMs(), finished: new Set(remembered.finished) });
      await store.sweep(world.clock.nowMs());
      const sourceAsOf = await this.#source.sourceAsOf(this.#signal);
      const asked = scopeAt(this.#client.serverTime.nowMs() ?? world.clock.nowMs());
      const { lost, failed } = await repair({ mend: (manifest) => store.mend(manifest), log }, committedIn(job, asked, committed));
      const followed = asked.range === undefined ? await this.#followUp(committed, { nowMs: asked.nowMs, sourceAsOf, known: remembered }) : undefined;
      const scope = { ...asked, lost, ...(followed === undefined ? {} : { changed: followed.reasons }) };
      const due = dueIn(job, scope, committed);
      refuseOtherCuts(job, due.due, committed);
      const cost = await this.#cost(due, committed, scope.nowMs, options.concurrency ?? job.concurrency);
      const work = workOf(job, due, { ...options, notices: [...noticesFor(job, this.#source.carriesAttributes), ...this.#clockNotices()], cost });
      const report = withEstimate(await exportJob(this.#ports(lanes, { sourceAsOf, nowMs: scope.nowMs, followed }), work), cost);
      // What the replaced versions have left of their files is of no use to anybody.
      if (lost.size > 0) await store.sweep(world.clock.nowMs());
      const damaged = new Map([...unfinished, ...failed].map((outcome) => [outcome.partition, outcome]));
      // A range leaves open conversations alone: what changed about them waits for the next run.
      const waiting = asked.range === undefined ? [] : remembered.due.map(({ partition }) => partition);
      await forgetFailures(store.failures, due, new Set([...damaged.keys(), ...waiting]), log);
      return withDamaged({ ...report, ...(followed === undefined ? {} : { followed: followed.report }) }, damaged, new Set(pathsOf(due.due.map(({ partition }) => partition))));
    } finally {
      await lanes.close();
    }
  }

  /** Partitions in range whose files are gone: what a run would export again. */
  async #lost(scope: Scope, committed: Committed): Promise<ReadonlySet<string>> {
    const lost = new Set<string>();
    for (const manifest of committedIn(this.#options.job, scope, committed)) if ((await this.#store.lookAt(manifest)).standing === 'lost') lost.add(manifest.partition);
    return lost;
  }

  /** Looks at the conversations that were open when their partitions settled; undefined where the job follows none. */
  async #followUp(committed: Committed, { nowMs, sourceAsOf, known }: { readonly nowMs: number; readonly sourceAsOf: SourceAsOf; readonly known: Followed }): Promise<FollowUp | undefined> {
    const { job, log } = this.#options;
    if (job.openConversations.maxAgeMs === 0) return undefined;
    const { source, calls } = this.#metered();
    const partitions = followedPartitions(job, committed, { nowMs, sourceAsOf });
    return followUp({ source, calls, followed: this.#store.followed, log, signal: this.#signal }, { job, nowMs, asOfMs: sourceAsOf.ms, partitions, known });
  }

  /** What the export is expected to take. */
  #cost(due: Due, committed: Committed, nowMs: number, concurrency: number): Promise<Cost> {
    const { job, settings, log } = this.#options;
    // A size that nobody tells costs some time, no more: not worth asking for again and again.
    const source = this.#client.source(job.source, (send) => (request, signal) => send({ ...request, maxAttempts: 1 }, signal));
    const count = (window: Window): Promise<number> => source.total(window, this.#signal);
    return costOfRun({ job, store: this.#store, due, committed, requestsPerMinute: permittedPerMinute(settings), nowMs, concurrency, count, log });
  }

  #ports(lanes: Lanes, { sourceAsOf, nowMs, followed }: { readonly sourceAsOf: SourceAsOf; readonly nowMs: number; readonly followed: FollowUp | undefined }): JobPorts {
    const { world, job, log, onEvent } = this.#options;
    const { failures, ledger, ...store } = this.#store;
    return {
      ...store,
      ledger: { append: (looks) => ledger.append(looks, lanes.encodeLooks) },
      failures: { record: (failure) => failures.record({ ...failure, remedy: failure.remedy ?? null }), clear: (partition) => failures.clear(partition) },
      job,
      tables: tablesOf(job),
      source: this.#source,
      metered: () => this.#metered(),
      sourceAsOf,
      lanes,
      rowChanges: createRowChanges({ files: this.#store.files, job: job.name, tables: job.tables, folder: this.#store.folder, log, signal: this.#signal }),
      takenIn: async (read) => followed?.takenIn(read),
      stateOf: (partition, asOf) => settledOrProvisional({ partition, sourceAsOf: asOf, nowMs, job }),
      clock: world.clock,
      log,
      newId: () => world.newId(),
      version: world.version,
      onEvent: onEvent ?? (() => undefined),
      signal: this.#signal,
    };
  }

  /** For questions that are not worth waiting for: what it asks for helps an estimate, no more. */
  #impatientClient(): Client {
    const { world, settings, log } = this.#options;
    const http = { ...settings.http, maxAttempts: Math.min(2, settings.http.maxAttempts), timeoutMs: Math.min(15_000, settings.http.timeoutMs) };
    return createClient({ ...settings, http }, { clock: world.clock, random: world.random, log, version: world.version });
  }

  /** A source of its own, whose requests are counted. */
  #metered(): ReturnType<JobPorts['metered']> {
    let calls = 0;
    const counted = (send: Send): Send => (request, signal) => {
      calls++;
      return send(request, signal);
    };
    return { source: this.#client.source(this.#options.job.source, counted), calls: () => calls };
  }

}

/** Names the concrete parts of a job and opens it: the composition root. */
export const openJob: OpenJob = async (options) => new AssembledJob(options);
