import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { KINDS, type Kind } from './scenario.js';
import { runTorture, type TortureOptions } from './tortureRun.js';

/*
 * Kills the exporter again and again and proves that nothing is lost, doubled or left behind:
 *   npm run torture [-- --seed N] [--kills N] [--terms N] [--source kind …] [--round N] [--no-hooks]
 * First once at each kind of file operation (--no-hooks: not). --kills: SIGKILLs at least (200); --terms: SIGTERMs at least (60); --round: only this round of the seed.
 */

const whole = (name: string, text: string | undefined, fallback: number): number => {
  const value = text === undefined ? fallback : Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} ${String(text)}: expected a whole number`);
  return value;
};

const readOptions = (): Omit<TortureOptions, 'folder' | 'print'> => {
  const { values } = parseArgs({
    options: { seed: { type: 'string' }, kills: { type: 'string' }, terms: { type: 'string' }, round: { type: 'string' }, 'no-hooks': { type: 'boolean' }, source: { type: 'string', multiple: true } },
  });
  const kinds = (values.source ?? []).map((given): Kind => {
    const kind = KINDS.find((name) => name === given);
    if (kind === undefined) throw new Error(`--source ${given}: expected ${KINDS.join(', ')}`);
    return kind;
  });
  return {
    seed: whole('seed', values.seed, 1),
    kills: whole('kills', values.kills, 200),
    terms: whole('terms', values.terms, 60),
    hooks: values['no-hooks'] !== true,
    kinds: kinds.length === 0 ? KINDS : kinds,
    ...(values.round === undefined ? {} : { onlyRound: whole('round', values.round, 0) }),
  };
};

const folder = await mkdtemp(join(tmpdir(), 'gcx-torture-'));
const totals = await runTorture({
  ...readOptions(),
  folder,
  print: (line) => {
    process.stdout.write(`${line}\n`);
  },
});
if (totals.problems.length === 0) await rm(folder, { recursive: true, force: true });
process.exitCode = totals.problems.length === 0 ? 0 : 1;
