import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FuzzTarget } from './fuzzTarget.js';
import { fuzzTargets } from './targets.js';

// A short round; `npm run fuzz` is the long one.
const EFFORT = { runs: 150, seed: 3 };

let folder = '';
let targets: ReadonlyMap<string, FuzzTarget>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gcx-fuzz-'));
  targets = new Map((await fuzzTargets(folder)).map((target) => [target.name, target]));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const NAMES = [
  'pages (onBadRecord: fail)', 'pages (onBadRecord: reject)', 'job: made, its state, its results', 'token', 'error bodies', 'Retry-After', 'rate limit headers', 'links',
  'config.yaml', 'jobs/*.yaml', 'layout', 'escaped names', 'CSV, read back by the audit', 'CSV, read back by DuckDB', 'CSV that is none',
  'journal: checkpoint.json', 'journal: seg-00001', 'journal: seg-00002', 'checkpoint', 'manifest, by the writer and by the audit', 'manifest with a hash that fits', 'failure record', 'lock', 'kept counts',
];

describe('no input whatever', () => {
  it.each(NAMES)('breaks what reads it: %s', async (name) => {
    expect(await targets.get(name)?.attack(EFFORT)).toBeGreaterThan(0);
  });

  it('is left out of this list', () => {
    expect([...targets.keys()]).toEqual(NAMES);
  });
});
