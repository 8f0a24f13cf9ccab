import { describe, expect, it } from 'vitest';
import { DecodeError, RequestRefusedError, StateError } from '../../src/model/errors.js';
import { NONE_FOLLOWED, type Followed, type FollowedConversation, type Glance } from '../../src/model/glance.js';
import { partitionsBetween } from '../../src/plan/partitions.js';
import { followUp, type FollowPorts, type FollowUp } from '../../src/run/followUp.js';
import { createRecordingLog } from '../support/recordingLog.js';

const DAY_MS = 24 * 3_600_000;
const COMMITTED_MS = Date.UTC(2026, 0, 18);
const FIRST_RUN_MS = Date.UTC(2026, 0, 20, 2);
const NEXT_RUN_MS = FIRST_RUN_MS + 3_600_000;
const job = { lookbackMs: DAY_MS, openConversations: { maxAgeMs: 30 * DAY_MS } };
const days = partitionsBetween({ name: 'nightly', window: '1d', timezone: 'UTC' }, '2026-01-12', '2026-01-14');
const [MONDAY, TUESDAY] = ['dt=2026-01-12', 'dt=2026-01-13'] as const;

/** A job's disk and its source, as following sees them. */
class Fixture {
  kept: Followed = NONE_FOLLOWED;
  readonly log = createRecordingLog();
  glances: ReadonlyMap<string, Glance> | Error = new Map([['a', { isOpen: true, fingerprint: 'one' }], ['b', { isOpen: true, fingerprint: 'one' }]]);
  /** When the versions that are committed were read, by partition. */
  readonly committedMs: Record<string, number> = { [MONDAY]: COMMITTED_MS, [TUESDAY]: COMMITTED_MS };
  settled = true;
  onWrite: () => Promise<void> = () => Promise.resolve();

  readonly #ports: FollowPorts = {
    source: {
      glance: () => {
        if (this.glances instanceof Error) return Promise.reject(this.glances);
        return Promise.resolve(this.glances);
      },
    },
    calls: () => 1,
    followed: {
      write: async (followed) => {
        await this.onWrite();
        this.kept = followed;
      },
    },
    log: this.log,
    signal: new AbortController().signal,
  };

  /** A run whose source had this mark when it began: one open conversation a day. */
  run(asOfMs: number): Promise<FollowUp> {
    const partitions = days.map((partition, i) => {
      const path = [MONDAY, TUESDAY][i]!;
      return { partition, state: this.settled ? ('settled' as const) : ('provisional' as const), settlesNow: true, openIds: [['a', 'b'][i]!], open: 1, asOfMs: this.committedMs[path]! };
    });
    return followUp(this.#ports, { job, nowMs: asOfMs, asOfMs, partitions, known: this.kept });
  }

  get dueOnDisk(): readonly string[] {
    return this.kept.due.map(({ partition }) => partition);
  }

  get knownOnDisk(): readonly FollowedConversation[] {
    return this.kept.conversations;
  }
}

const open = (id: string, partition: string, fingerprint = 'one'): FollowedConversation => ({ id, partition, fingerprint, endedMs: null });

describe('what was seen before an export', () => {
  it('is on disk before anything is exported, and known of no partition that has not taken it in', async () => {
    const fixture = new Fixture();
    const { reasons } = await fixture.run(FIRST_RUN_MS);
    expect([...reasons]).toEqual([[MONDAY, 'conversations-open'], [TUESDAY, 'conversations-open']]);
    expect(fixture.dueOnDisk).toEqual([MONDAY, TUESDAY]);
    expect(fixture.kept.looks).toEqual([
      { partition: MONDAY, asOfMs: FIRST_RUN_MS, conversations: [open('a', MONDAY)] },
      { partition: TUESDAY, asOfMs: FIRST_RUN_MS, conversations: [open('b', TUESDAY)] },
    ]);
    expect(fixture.knownOnDisk).toEqual([]);
  });

  it('is remembered of each partition when that has been read, so that the next run has only the others left', async () => {
    const fixture = new Fixture();
    const first = await fixture.run(FIRST_RUN_MS);
    await first.takenIn({ partition: MONDAY, asOfMs: FIRST_RUN_MS, attemptId: 'a1' });
    expect([fixture.dueOnDisk, fixture.knownOnDisk, fixture.kept.finished]).toEqual([[TUESDAY], [open('a', MONDAY)], ['a1']]);
    const next = await fixture.run(NEXT_RUN_MS);
    expect([...next.reasons.keys()]).toEqual([TUESDAY]);
    expect(fixture.kept.finished).toEqual([]);
  });

  it('is not remembered of a partition that was read from less', async () => {
    const fixture = new Fixture();
    const first = await fixture.run(FIRST_RUN_MS);
    await first.takenIn({ partition: MONDAY, asOfMs: FIRST_RUN_MS - 1, attemptId: 'a1' });
    expect(fixture.dueOnDisk).toEqual([MONDAY, TUESDAY]);
  });

  it('counts for pages that an earlier run has read since, where it looks as it did then', async () => {
    const fixture = new Fixture();
    await fixture.run(FIRST_RUN_MS);
    const next = await fixture.run(NEXT_RUN_MS);
    expect(fixture.dueOnDisk).toEqual([MONDAY, TUESDAY]);
    await next.takenIn({ partition: MONDAY, asOfMs: FIRST_RUN_MS, attemptId: 'a1' });
    expect(fixture.dueOnDisk).toEqual([TUESDAY]);
  });

  it('counts for them no longer where it looks different', async () => {
    const fixture = new Fixture();
    await fixture.run(FIRST_RUN_MS);
    fixture.glances = new Map([['a', { isOpen: false, fingerprint: 'two' }], ['b', { isOpen: true, fingerprint: 'one' }]]);
    const next = await fixture.run(NEXT_RUN_MS);
    await next.takenIn({ partition: MONDAY, asOfMs: FIRST_RUN_MS, attemptId: 'a1' });
    await next.takenIn({ partition: TUESDAY, asOfMs: FIRST_RUN_MS, attemptId: 'a2' });
    expect(fixture.dueOnDisk).toEqual([MONDAY]);
    await next.takenIn({ partition: MONDAY, asOfMs: NEXT_RUN_MS, attemptId: 'a3' });
    expect(fixture.dueOnDisk).toEqual([]);
  });

  it('is known of a partition whose version is fresh enough, though the run that committed it could not say so', async () => {
    const fixture = new Fixture();
    await fixture.run(FIRST_RUN_MS);
    fixture.committedMs[MONDAY] = FIRST_RUN_MS;
    const next = await fixture.run(NEXT_RUN_MS);
    expect([...next.reasons.keys()]).toEqual([TUESDAY]);
    expect(fixture.knownOnDisk).toEqual([open('a', MONDAY)]);
  });

  it('is remembered of a partition that settles in the run, which is read no second time for it', async () => {
    const fixture = new Fixture();
    fixture.settled = false;
    expect([...(await fixture.run(FIRST_RUN_MS)).reasons]).toEqual([]);
    Object.assign(fixture, { settled: true, committedMs: { [MONDAY]: FIRST_RUN_MS, [TUESDAY]: FIRST_RUN_MS } });
    expect([...(await fixture.run(NEXT_RUN_MS)).reasons]).toEqual([]);
  });

  it('is taken in by what is read as of it even where the next look fails', async () => {
    const fixture = new Fixture();
    await fixture.run(FIRST_RUN_MS);
    fixture.glances = new DecodeError('a look', '', 'is no JSON');
    const next = await fixture.run(NEXT_RUN_MS);
    expect([...next.reasons.keys()]).toEqual([MONDAY, TUESDAY]);
    await next.takenIn({ partition: MONDAY, asOfMs: FIRST_RUN_MS, attemptId: 'a1' });
    expect([fixture.dueOnDisk, fixture.knownOnDisk]).toEqual([[TUESDAY], [open('a', MONDAY)]]);
  });

  it('counts no longer where single conversations are not answered for any more', async () => {
    const fixture = new Fixture();
    await fixture.run(FIRST_RUN_MS);
    fixture.glances = new RequestRefusedError('there is no such question');
    const next = await fixture.run(NEXT_RUN_MS);
    await next.takenIn({ partition: MONDAY, asOfMs: FIRST_RUN_MS, attemptId: 'a1' });
    await next.takenIn({ partition: TUESDAY, asOfMs: NEXT_RUN_MS, attemptId: 'a2' });
    expect([fixture.dueOnDisk, fixture.knownOnDisk]).toEqual([[MONDAY], []]);
  });
});

describe('what partitions that end at the same time have taken in', () => {
  it('is written by one at a time, the last with all of it', async () => {
    const fixture = new Fixture();
    const first = await fixture.run(FIRST_RUN_MS);
    let [writing, most] = [0, 0];
    fixture.onWrite = async () => {
      most = Math.max(most, ++writing);
      await new Promise(setImmediate);
      writing--;
    };
    await Promise.all([MONDAY, TUESDAY].map((partition, i) => first.takenIn({ partition, asOfMs: FIRST_RUN_MS, attemptId: `a${String(i)}` })));
    expect([most, fixture.dueOnDisk, fixture.kept.finished]).toEqual([1, [], ['a0', 'a1']]);
  });

  it('is told once not to be kept where it cannot be written, and kept with the rest as soon as it can', async () => {
    const fixture = new Fixture();
    const works = fixture.onWrite;
    fixture.onWrite = () => Promise.reject(new StateError('the disk is full'));
    const first = await fixture.run(FIRST_RUN_MS);
    await first.takenIn({ partition: MONDAY, asOfMs: FIRST_RUN_MS, attemptId: 'a1' });
    expect(fixture.log.lines.map(({ event }) => event)).toEqual(['what is known of open conversations is not kept']);
    fixture.onWrite = works;
    await first.takenIn({ partition: TUESDAY, asOfMs: FIRST_RUN_MS, attemptId: 'a2' });
    expect([fixture.dueOnDisk, fixture.knownOnDisk]).toEqual([[], [open('a', MONDAY), open('b', TUESDAY)]]);
  });
});
