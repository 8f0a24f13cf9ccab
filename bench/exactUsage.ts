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

/**
 * A measured child with its processor time to the end, threads included.
 *
 * Why: what is read from /proc while a process lives misses its last moments. Invariant: no other child may end meanwhile.
 */
export const exactly = async (run: () => Promise<Usage>): Promise<Usage> => {
  const before = endedChildren();
  const usage = await run();
  const after = endedChildren();
  return { ...usage, userS: after.userS - before.userS, systemS: after.systemS - before.systemS };
};

/** User and system time. Units: seconds. */
export const cpuS = ({ userS, systemS }: Usage): number => userS + systemS;

/** The middle value; of an even number the mean of both middles. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};
