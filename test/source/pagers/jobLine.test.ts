import { describe, expect, it } from 'vitest';
import { InterruptedError } from '../../../src/model/errors.js';
import type { ApiResponse } from '../../../src/model/send.js';
import { JobLine } from '../../../src/source/pagers/jobLine.js';
import { failure } from '../../support/apiBench.js';
import { createManualClock } from '../../support/manualClock.js';
import { createRecordingLog } from '../../support/recordingLog.js';

const answer = (status: number, retryAfter = '30'): ApiResponse => ({
  status,
  headers: { 'retry-after': retryAfter },
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

  it('asks again at once where a job of ours ended while it was asking', async () => {
    const clock = createManualClock();
    const line = new JobLine();
    let asked = 0;
    await line.make({ clock, log: createRecordingLog() }, async () => {
      asked++;
      // The place comes free after the API looked, and before its answer is here.
      if (asked === 2) line.ended();
      return Promise.resolve(answer(asked <= 2 ? 429 : 202));
    }, 'job', undefined);
    expect([asked, clock.monotonicMs()]).toEqual([3, 0]);
  });

  it('waits as long as jobs of ours are read, as one of them will make room, and ten minutes from then on', async () => {
    const clock = createManualClock();
    const line = new JobLine();
    let outcome = 'waits';
    line.begun('job-1');
    const made = line.make({ clock, log: createRecordingLog() }, () => Promise.resolve(answer(429)), 'job', undefined).then(
      () => { outcome = 'made'; },
      (error: unknown) => { outcome = String(error); },
    );
    for (let minutes = 0; minutes < 60; minutes++) await clock.advance(60_000);
    expect(outcome).toBe('waits');
    line.left('job-1');
    for (let minutes = 0; minutes < 11; minutes++) await clock.advance(60_000);
    await made;
    expect(outcome).toContain('no place came free in ten minutes');
  });

  it('waits longer than ten minutes at a time only while a job of ours is read; else it is told how long the API wants', async () => {
    const clock = createManualClock();
    const line = new JobLine();
    const ask = (): Promise<ApiResponse> => line.make({ clock, log: createRecordingLog() }, () => Promise.resolve(answer(429, '1380')), 'job', undefined);
    line.begun('job-1');
    const outcome = failure(ask());
    await settled();
    await clock.advance(1_000_000);
    expect(clock.sleeps).toEqual([1_380_000]);
    // It was given up, and is there still: nobody sleeps on for its sake.
    line.left('job-1');
    const error = await outcome;
    expect(clock.monotonicMs()).toBe(1_000_000);
    expect(error.message).toContain('it asks to come back in 23 minutes');
    expect(error).toMatchObject({ exitCode: 4, status: 429, retryAfterMs: 1_380_000 });
  });

  it('is told of no time to come back where the API names none that is long', async () => {
    const clock = createManualClock({ auto: true });
    const error = await failure(new JobLine().make({ clock, log: createRecordingLog() }, () => Promise.resolve(answer(429)), 'job', undefined));
    expect(error.message).toContain('no place came free in ten minutes');
    expect(error).toHaveProperty('retryAfterMs', undefined);
  });

  it('leaves the line when it is to stop, whoever is before it, and lets nobody pass', async () => {
    const clock = createManualClock();
    const line = new JobLine();
    let isFull = true;
    const made: string[] = [];
    const make = async (name: string, signal?: AbortSignal): Promise<void> => {
      await line.make({ clock, log: createRecordingLog() }, () => Promise.resolve(answer(isFull ? 429 : 202)), 'job', signal);
      made.push(name);
    };
    const controller = new AbortController();
    const first = make('first');
    await settled();
    const second = failure(make('second', controller.signal));
    await settled();
    controller.abort();
    expect(await second).toBeInstanceOf(InterruptedError);
    const third = make('third');
    isFull = false;
    await settled();
    expect(made).toEqual([]);
    line.ended();
    await Promise.all([first, third]);
    expect(made).toEqual(['first', 'third']);
  });
});
