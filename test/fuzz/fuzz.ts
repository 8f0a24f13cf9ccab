import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fuzzTargets } from './targets.js';

/*
 * Tries random inputs on everything that reads what others have written, and prints how many of each kind:
 *   npm run fuzz [-- --runs N] [--seed N] [--only text]
 * --runs: inputs of each kind (10,000; kinds that touch the disk or DuckDB get a part of them); --seed: the same seed tries the same inputs; --only: kinds whose name has this text.
 */

const whole = (name: string, text: string | undefined, fallback: number): number => {
  const value = text === undefined ? fallback : Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} ${String(text)}: expected a whole number`);
  return value;
};

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } } });
const effort = { runs: whole('runs', values.runs, 10_000), seed: whole('seed', values.seed, Date.now() % 1_000_000) };
const folder = await mkdtemp(join(tmpdir(), 'gcx-fuzz-'));
let total = 0;
for (const target of await fuzzTargets(folder)) {
  if (values.only !== undefined && !target.name.includes(values.only)) continue;
  const startedMs = performance.now();
  const tried = await target.attack(effort);
  total += tried;
  print(`${tried.toLocaleString('en').padStart(10)}  ${target.name} (${((performance.now() - startedMs) / 1000).toFixed(1)} s)`);
}
print(`${total.toLocaleString('en').padStart(10)}  inputs in all, seed ${String(effort.seed)}: nothing broke`);
await rm(folder, { recursive: true, force: true });
