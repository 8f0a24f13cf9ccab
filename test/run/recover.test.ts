import { expect, it } from 'vitest';
import type { FoundAttempt, JournalStore } from '../../src/model/journal.js';
import { StateError } from '../../src/model/errors.js';
import { recover } from '../../src/run/recover.js';
import { aManifest } from '../support/aManifest.js';

const NOW = Date.parse('2026-02-09T00:00:00.000Z');
const DAY_MS = 24 * 3_600_000;
const AT = Date.parse('2026-02-01T00:00:00.000Z');
const attempt = (attemptId: string, more: Partial<FoundAttempt> = {}): FoundAttempt => ({
  attemptId,
  partition: 'dt=2026-01-05',
  sourceAsOf: { ms: AT, origin: 'availability' },
  position: { kind: 'job-cursor', jobId: `job of ${attemptId}` },
  writtenMs: NOW,
  ...more,
});

/** Recovers and gives what was done, in order. */
const recovered = async (attempts: readonly FoundAttempt[], committed: string | 'damaged' | undefined, finished: readonly string[] = []): Promise<string[]> => {
  const done: string[] = [];
  const refuse = (): never => {
    throw new Error('recovery takes up no journal');
  };
  const journals: JournalStore = {
    attempts: async () => attempts,
    discard: async (id) => void done.push(`discard ${id}`),
    resume: refuse,
    create: refuse,
  };
  await recover({
    journals,
    manifests: {
      read: async () => {
        if (committed === 'damaged') throw new StateError('it is damaged');
        return committed === undefined ? undefined : { manifest: aManifest({ commitId: committed }), sha256: '' };
      },
      create: refuse,
    },
    publish: async ({ commitId }) => void done.push(`publish ${commitId}`),
    removeLeftovers: async (partition, id) => void done.push(`clean ${partition} ${id}`),
    source: { release: async (position) => void done.push(`release ${String(position['jobId'])}`) },
    nowMs: NOW,
    signal: new AbortController().signal,
    finished: new Set(finished),
    log: { debug: () => undefined, info: () => undefined, warn: (event) => void done.push(event), error: () => undefined },
  });
  return done;
};

it('finishes a commit that a crash interrupted: publishes, cleans, releases the job, and removes the journal last', async () => {
  expect(await recovered([attempt('a1')], 'a1')).toEqual(['publish a1', 'clean dt=2026-01-05 a1', 'release job of a1', 'discard a1']);
});

it('drops a journal that a fresher commit has overtaken, and publishes nothing for it', async () => {
  expect(await recovered([attempt('a2', { sourceAsOf: { ms: AT - 1, origin: 'availability' } })], 'a1')).toEqual(['clean dt=2026-01-05 a2', 'release job of a2', 'discard a2']);
});

it('removes what a finished attempt that changed nothing has left, its journal last, and publishes nothing for it', async () => {
  expect(await recovered([attempt('a2'), attempt('a3')], 'a1', ['a2'])).toEqual(['clean dt=2026-01-05 a2', 'release job of a2', 'discard a2']);
});

it('leaves alone what can still be gone on with', async () => {
  expect(await recovered([attempt('a2')], 'a1')).toEqual([]);
  expect(await recovered([attempt('a2')], undefined)).toEqual([]);
});

it('removes what no run has gone on with for a week, with its job; not what is committed and not finished', async () => {
  const old = { writtenMs: NOW - 7 * DAY_MS - 1 };
  for (const committed of ['a1', 'damaged', undefined] as const) {
    expect((await recovered([attempt('a2', old)], committed)).filter((done) => done !== 'manifest cannot be read')).toEqual(['release job of a2', 'discard a2', 'forgotten journal removed']);
  }
  expect(await recovered([attempt('a1', old)], 'a1')).toContain('publish a1');
  expect(await recovered([attempt('a2', { writtenMs: NOW - 7 * DAY_MS })], undefined)).toEqual([]);
});

it('has no job to release where none was made', async () => {
  expect(await recovered([attempt('a1', { position: null })], 'a1')).toEqual(['publish a1', 'clean dt=2026-01-05 a1', 'discard a1']);
});

it('says that manifests are damaged and touches nothing of theirs', async () => {
  expect(await recovered([attempt('a1')], 'damaged')).toEqual(['manifest cannot be read']);
});
