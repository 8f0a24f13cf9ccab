import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runGcx, writeGcxFolder } from '../support/gcxProcess.js';
import { temporaryFolder } from '../support/temporaryFolder.js';
import { type, type Typed } from '../support/terminal.js';

const DAY_MS = 86_400_000;

let folder: string;
let simulating: Typed;
beforeAll(async () => {
  folder = await temporaryFolder();
  // A process of its own, by the clocks there are.
  simulating = type({ folder }, ['simulate', '--days', '8', '--conversations-per-day', '200', '--requests-per-minute', '0']);
  const baseUrl = /http:\/\/127\.0\.0\.1:\d+/.exec(await simulating.shown('stop with'))?.[0] ?? '';
  const start = new Date(Date.now() - 7 * DAY_MS).toISOString().slice(0, 10);
  await writeGcxFolder({ folder, baseUrl, job: { source: { kind: 'next-page-url' }, start, tables: ['participant_attributes', 'conversations'] } });
});
afterAll(async () => {
  simulating.child.kill('SIGTERM');
  await simulating.ended;
});

interface Followed {
  readonly conversations: number;
  readonly changes: Readonly<Record<string, number>>;
  readonly restated: readonly unknown[];
}

/** What a run says of the conversations that it followed. */
const followedBy = async (): Promise<Followed> => {
  const { exitCode, stdout, stderr } = await runGcx(folder, ['run', 'job', '--json']);
  expect([exitCode, exitCode === 0 ? '' : stderr]).toEqual([0, '']);
  expect(stderr).not.toContain('is lost');
  return (JSON.parse(stdout) as { readonly followed: Followed }).followed;
};

describe('runs of the built program by real clocks', () => {
  it('read settled days with open conversations once, and look at those conversations from then on', async () => {
    await followedBy();
    const first = await followedBy();
    expect(first.conversations).toBeGreaterThan(0);
    expect(first.changes['conversations-open']).toBe(first.conversations);
    for (let run = 0; run < 2; run++) {
      const next = await followedBy();
      expect(next.conversations).toBeGreaterThan(0);
      expect(next.changes['conversations-open']).toBeUndefined();
      // One may just have ended.
      expect(next.restated.length).toBeLessThan(2);
    }
  });
});
