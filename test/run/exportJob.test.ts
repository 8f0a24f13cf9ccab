import { afterEach, describe, expect, it } from 'vitest';
import { SinkError } from '../../src/model/errors.js';
import { exitCodeOf } from '../../src/run/report.js';
import { aJob, startExportRig, type ExportRig } from '../support/exportRig.js';

const RANGE = { from: '2026-01-05', to: '2026-01-06', force: false };
const job = aJob('next-page-url');

let rig: ExportRig;
afterEach(() => rig.close());

/** Stops the run at its first page, and something goes wrong with that page in the same moment. */
const stopAndFail = (error: Error): void => {
  const { push } = rig.events;
  rig.events.push = (...events) => {
    if (events.some(({ type }) => type === 'page')) {
      rig.controller.abort(new Error('stop'));
      throw error;
    }
    return push.apply(rig.events, events);
  };
};

describe('a run that is stopped', () => {
  it('says so, and nothing else', async () => {
    rig = await startExportRig();
    const { push } = rig.events;
    rig.events.push = (...events) => {
      if (events.some(({ type }) => type === 'page')) rig.controller.abort(new Error('stop'));
      return push.apply(rig.events, events);
    };
    const report = await rig.withJob(job, (opened) => opened.backfill(RANGE));
    expect(report).toMatchObject({ outcomes: [], interrupted: true });
    expect(exitCodeOf(report)).toBe(130);
  });

  it('still tells of a bug that comes up in that moment', async () => {
    rig = await startExportRig();
    const bug = new TypeError('a bug of ours');
    stopAndFail(bug);
    await expect(rig.withJob(job, (opened) => opened.backfill(RANGE))).rejects.toBe(bug);
  });

  it('still tells of a partition that fails in that moment', async () => {
    rig = await startExportRig();
    stopAndFail(new SinkError('the disk is full'));
    const report = await rig.withJob(job, (opened) => opened.backfill(RANGE));
    expect(report).toMatchObject({ outcomes: [{ result: 'failed', failure: { message: 'the disk is full' } }], interrupted: true });
    expect(exitCodeOf(report)).toBe(4);
  });
});
