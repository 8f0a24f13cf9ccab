import { describe, expect, it } from 'vitest';
import type { ApiResponse } from '../../../src/model/send.js';
import { JobLine } from '../../../src/source/pagers/jobLine.js';
import { createManualClock } from '../../support/manualClock.js';
import { createRecordingLog } from '../../support/recordingLog.js';

const answer = (status: number): ApiResponse => ({
  status,
  headers: { 'retry-after': '30' },
  body: new TextEncoder().encode(status === 429 ? '{"message":"maximum [1] concurrent jobs","limit":{"key":"details.jobs.concurrent.access.max"}}' : '{"jobId":"a"}'),
});
const settled = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

describe('who waits for a place among the jobs', () => {
  it('is let in as soon as a job of ours ends, and without one when the API said', async () => {
    const clock = createManualClock();
    const line = new JobLine();
    let isFull = true;
    const made: string[] = [];
    const make = async (name: string): Promise<void> => {
      await line.make({ clock, log: createRecordingLog() }, () => Promise.resolve(answer(isFull ? 429 : 202)), 'job', undefined);
      made.push(name);
    };
    const all = [make('first'), make('second')];
    await settled();
    isFull = false;
    await settled();
    expect(made).toEqual([]);
    line.ended();
    await Promise.all(all);
    expect(made).toEqual(['first', 'second']);
    isFull = true;
    const third = make('third');
    await settled();
    isFull = false;
    await clock.advance(30_000);
    await third;
    expect(made).toHaveLength(3);
  });
});
