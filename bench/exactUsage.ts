import { readFileSync } from 'node:fs';
import type { Usage } from './childProcess.js';

const TICKS_PER_S = 100;
const USER = 13;
const SYSTEM = 14;

/** Processor time of this process's ended children, by the kernel's account. */
const endedChildren = (): { readonly userS: number; readonly systemS: number } => {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { userS: Number(fields[USER]) / TICKS_PER_S, systemS: Number(fields[SYSTEM]) / TICKS_PER_S };
};

/** Processor time of everything on the machine so far. */
const everybodyS = (): number => {
  const [, user, nice, system, , , irq, softIrq] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]!.split(/\s+/).map(Number);
  return (user! + nice! + system! + irq! + softIrq!) / TICKS_PER_S;
};

/** A process's exact usage, and what else was going on. */
export interface ExactUsage extends Usage {
  /** Processor time of all other processes meanwhile, the server's included. Units: seconds. */
  readonly othersCpuS: number;
}

/**
 * A measured child with its processor time to the end, threads included.
 *
 * Why: what is read from /proc while a process lives misses its last moments. Invariant: no other child may end meanwhile.
 */
export const exactly = async (run: () => Promise<Usage>): Promise<ExactUsage> => {
  const [before, allBefore] = [endedChildren(), everybodyS()];
  const usage = await run();
  const [after, allAfter] = [endedChildren(), everybodyS()];
  const own = { userS: after.userS - before.userS, systemS: after.systemS - before.systemS };
  return { ...usage, ...own, othersCpuS: Math.max(0, allAfter - allBefore - own.userS - own.systemS) };
};

/** User and system time. Units: seconds. */
export const cpuS = ({ userS, systemS }: Pick<Usage, 'userS' | 'systemS'>): number => userS + systemS;

/** The middle value; of an even number the mean of both middles. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};
