import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { verifyJob } from '../../src/audit/verifyJob.js';
import { planText } from '../../src/cli/planText.js';
import { reportText } from '../../src/cli/reportText.js';
import { statusText } from '../../src/cli/statusText.js';
import { TABLES } from '../../src/extract/tables.js';
import { EXIT } from '../../src/model/errors.js';
import type { Job, SourceKind } from '../../src/model/job.js';
import { exitCodeOf, type JobReport } from '../../src/run/report.js';
import type { Fault } from '../../src/simulate/faults.js';
import { diskFiles } from '../support/diskFiles.js';
import { aJob, startExportRig, type ExportRig } from '../support/exportRig.js';
import { someHttp } from '../support/fakeParts.js';

let rig: ExportRig;
afterEach(async () => {
  expect(rig.simulator.defects).toEqual([]);
  await rig.close();
});

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const plain = { terminal: false, width: Number.POSITIVE_INFINITY, colour: false, unicode: false } as const;
const BY_ID: Fault['match'] = { method: 'GET', path: '*/conversations/details' };

/** Three days of which many conversations live for days. The first run is on the morning after. */
const start = async (): Promise<void> => {
  rig = await startExportRig({ nowMs: Date.UTC(2026, 0, 8, 3), dataset: { days: 3, conversationsPerDay: 40, lives: 'lively' }, settings: { lakeLagMs: 0 } });
};
const aFollowing = (kind: SourceKind, more: Partial<Job> = {}): Job => aJob(kind, { lookbackMs: DAY_MS, openConversations: { maxAgeMs: 9 * DAY_MS }, ...more });
const DAYS = ['dt=2026-01-05', 'dt=2026-01-06', 'dt=2026-01-07'];
/** A run, of which the days after the three are not told: nothing starts on them. */
const run = async (job: Job): Promise<JobReport> => {
  const report = await rig.withJob(job, (opened) => opened.run({}));
  return { ...report, outcomes: report.outcomes.filter(({ partition }) => DAYS.includes(partition)) };
};
const nextDay = (): void => {
  rig.clock.advance(DAY_MS);
};
/** Runs until all three days are settled, and gives the last report. */
const settle = async (job: Job): Promise<void> => {
  for (let night = 0; night < 2; night++) {
    await run(job);
    nextDay();
  }
};
const callsBy = (path: RegExp): number => rig.simulator.requests.filter((request) => path.test(`${request.method} ${request.path}`)).length;

describe('conversations that are open when their partition settles', () => {
  it.each(['job-cursor', 'next-page-url', 'page-number'] as const)('are looked at by %s in few calls, and only the partitions that changed are exported again', async (kind) => {
    await start();
    const job = aFollowing(kind);
    await settle(job);
    const report = await run(job);
    expect(report.followed).toMatchObject({ partitions: 3, notice: null, failure: null });
    expect(report.followed?.conversations).toBeGreaterThan(5);
    const restated = report.followed?.restated.map(({ partition }) => partition) ?? [];
    expect(restated.length).toBeGreaterThan(0);
    expect(report.outcomes.map(({ partition }) => partition)).toEqual([...restated].sort());
    for (const outcome of report.outcomes) expect(outcome).toMatchObject({ result: 'committed', manifest: { state: 'settled' } });
    // One question by ids; one job: made, awaited, read, deleted.
    expect(report.followed?.calls).toBe(kind === 'job-cursor' ? 4 : 1);
    expect(exitCodeOf(report)).toBe(EXIT.done);
    expect(reportText(report, someHttp, plain)).toMatch(/followed {4}\d+ open or lately ended conversations of 3 settled partitions: .*ended.*; \d partitions? exported again for it/);
    // Nothing has happened since: nothing is exported.
    await run(job);
    const again = await run(job);
    expect(again.outcomes).toEqual([]);
    expect(again.followed?.restated).toEqual([]);
  });

  it('are followed until their partition is as old as the job says, then left alone', async () => {
    await start();
    const job = aFollowing('page-number');
    await settle(job);
    await run(job);
    rig.clock.advance(8 * DAY_MS);
    const report = await run(job);
    expect(report.followed).toMatchObject({ conversations: 0, partitions: 0, calls: 0, restated: [] });
    expect(report.outcomes).toEqual([]);
  });

  it('are left alone where the job says so', async () => {
    await start();
    const job = aFollowing('next-page-url', { openConversations: { maxAgeMs: 0 } });
    await settle(job);
    const report = await run(job);
    expect(report.followed).toBeUndefined();
    expect(report.outcomes).toEqual([]);
    expect(callsBy(/GET .*\/conversations\/details$/)).toBe(0);
  });

  it('whose partition cannot be exported are not forgotten: plan and status say why it is due', async () => {
    await start();
    const job = aFollowing('next-page-url');
    await settle(job);
    rig.simulator.faults.add({ match: { method: 'POST', path: '*/details/query', nth: Array.from({ length: 80 }, (_, n) => n + 2) }, action: { kind: 'status', status: 502 } });
    const failed = await run({ ...job, concurrency: 1 });
    const [restated] = failed.followed?.restated ?? [];
    expect(restated).toBeDefined();
    expect(failed.outcomes.some(({ result }) => result === 'committed')).toBe(false);
    rig.simulator.faults.clear();
    const plan = await rig.withJob(job, (opened) => opened.plan({ sampling: 'offline' }));
    expect(plan.partitions.filter(({ partition }) => DAYS.includes(partition)).map(({ partition, reason }) => [partition, reason])).toEqual(failed.followed?.restated.map(({ partition, reason }) => [partition, reason]));
    expect(planText(plan, plain)).toMatch(/conversations (?:ended|reopened|changed)/);
    const status = await rig.withJob(job, (opened) => opened.status());
    expect(status.partitions.find(({ partition }) => partition === restated?.partition)?.dueFor).toBe(restated?.reason);
    expect(statusText(status, plain)).toContain(`${String(restated?.partition)} (${String(restated?.reason).replaceAll('-', ' ')})`);
    expect(statusText(status, plain)).toMatch(/followed: \d+ open or lately ended conversations of 3 settled partitions; a run looks at them first/);
    const again = await run(job);
    expect(again.followed?.restated).toEqual(failed.followed?.restated);
    expect(again.outcomes.every(({ result }) => result === 'committed')).toBe(true);
    // What goes on from the pages of the run that failed has taken in what that run saw: only conversations that were given up and came back are new.
    const last = await run(job);
    expect(last.followed?.restated.filter(({ reason }) => reason !== 'conversations-open')).toEqual([]);
    expect(last.outcomes.map(({ partition }) => partition)).not.toContain('dt=2026-01-06');
    expect((await rig.withJob(job, (opened) => opened.status())).partitions.every(({ dueFor }) => dueFor === null)).toBe(true);
  });

  it('that cannot be looked at make the run incomplete, and hold up nothing else', async () => {
    await start();
    const job = aFollowing('page-number');
    await settle(job);
    rig.simulator.faults.add({ match: BY_ID, action: { kind: 'html' } });
    const report = await run(job);
    expect(report.followed?.failure).toMatchObject({ exitCode: EXIT.incomplete });
    expect(exitCodeOf(report)).toBe(EXIT.incomplete);
    expect(reportText(report, someHttp, plain)).toContain('could not be looked at: ');
    rig.simulator.faults.clear();
    const again = await run(job);
    expect(exitCodeOf(again)).toBe(EXIT.done);
    expect(again.followed?.restated.length).toBeGreaterThan(0);
  });

  it('of a gateway that does not answer for single ones are read with their whole partitions, and the run says so', async () => {
    await start();
    const job = aFollowing('next-page-url');
    rig.simulator.faults.add({ match: BY_ID, action: { kind: 'status', status: 404 } });
    await settle(job);
    const report = await run(job);
    expect(report.followed).toMatchObject({ failure: null, notice: expect.stringContaining('does not answer for single conversations') as unknown });
    expect(report.followed?.restated.map(({ reason }) => reason)).toEqual(Array(3).fill('conversations-open'));
    expect(report.outcomes.some(({ result }) => result === 'committed')).toBe(true);
    expect(exitCodeOf(report)).toBe(EXIT.done);
  });

  it('are read once more where nobody remembers how they were', async () => {
    await start();
    const job = aFollowing('page-number');
    await settle(job);
    await run(job);
    await run(job);
    await rm(join(rig.root, job.name, '_ledger', 'followed.json'));
    rig.clock.advance(60_000);
    const report = await run(job);
    expect(report.followed?.restated.length).toBeGreaterThan(0);
    expect(report.outcomes.every(({ result }) => result === 'unchanged')).toBe(true);
    expect((await run(job)).outcomes).toEqual([]);
  });

  it('are taken in by what is committed where the source is no fresher than that', async () => {
    await start();
    const job = aFollowing('page-number');
    await settle(job);
    await run(job);
    await rm(join(rig.root, job.name, '_ledger', 'followed.json'));
    expect((await run(job)).outcomes.map(({ result }) => result)).toContain('current');
    expect((await rig.withJob(job, (opened) => opened.status())).partitions.every(({ dueFor }) => dueFor === null)).toBe(true);
    expect((await run(job)).outcomes).toEqual([]);
  });

  it('of partitions that were exported by other settings are left alone: those need --force', async () => {
    await start();
    const job = aFollowing('page-number', { tables: ['conversations'] });
    await settle(job);
    const report = await run({ ...job, tables: ['conversations', 'segments'] });
    expect(report.followed).toMatchObject({ conversations: 0, restated: [], failure: null });
    expect(report.outcomes).toEqual([]);
  });

  it('leave an export that verify finds sound', async () => {
    await start();
    const job = aFollowing('job-cursor');
    await settle(job);
    await run(job);
    const verified = await verifyJob({ files: diskFiles, job: job.name, jobFolder: join(rig.root, job.name), tables: TABLES, nowMs: rig.clock.nowMs() });
    expect(verified.findings).toEqual([]);
  });
});
