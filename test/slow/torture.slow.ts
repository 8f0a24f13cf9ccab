import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { KINDS } from '../torture/scenario.js';
import { runTorture } from '../torture/tortureRun.js';

// The full torture is `npm run torture`; this is a short one: once at each kind of file operation, and a few rounds at random.
it('an exporter that is killed again and again loses nothing, doubles nothing and leaves nothing behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gcx-torture-'));
  const lines: string[] = [];
  const totals = await runTorture({ seed: 2, kills: 80, terms: 6, kinds: KINDS, hooks: true, folder, print: (line) => lines.push(line) });
  expect(totals.problems, lines.join('\n')).toEqual([]);
  expect(totals.kills).toBeGreaterThanOrEqual(80);
  expect(totals.terms).toBeGreaterThanOrEqual(6);
  await rm(folder, { recursive: true, force: true });
});
