import { readFileSync } from 'node:fs';
import { errnoCode } from '../model/errnoCode.js';

/** The processes of this machine, as an argument. */
export interface ProcessTable {
  /** Whether a process of that id runs; one that ended and waits to be reaped does not. */
  isAlive(pid: number): boolean;
  /**
   * When the process started: with the boot id, it tells a process from a later one of the same id.
   *
   * Units: clock ticks since boot. Undefined where the system does not say (no `/proc`) or there is no such process.
   */
  startTicks(pid: number): number | undefined;
}

/** What `/proc/<pid>/stat` says, as far as it matters here. Source: proc_pid_stat(5), fields 3 and 22. */
interface ProcessStat {
  readonly state: string;
  readonly startTicks: number;
}

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoCode(error) === undefined) throw error;
    // Absent process, or a system without /proc, or a hidden one: all mean that /proc does not say.
    return undefined;
  }
};

const readStat = (pid: number): ProcessStat | undefined => {
  const text = readText(`/proc/${String(pid)}/stat`);
  if (text === undefined) return undefined;
  // The name in parentheses may itself hold blanks and parentheses: the fields begin after the last one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const startTicks = Number(fields[19]);
  return Number.isSafeInteger(startTicks) ? { state: fields[0] ?? '', startTicks } : undefined;
};

/** The real processes, by signal 0 and `/proc`. */
export const createProcessTable = (): ProcessTable => ({
  isAlive(pid) {
    const stat = readStat(pid);
    if (stat !== undefined) return stat.state !== 'Z' && stat.state !== 'X';
    try {
      return process.kill(pid, 0);
    } catch (error) {
      // EPERM: it is there and belongs to someone else.
      return errnoCode(error) !== 'ESRCH';
    }
  },
  startTicks: (pid) => readStat(pid)?.startTicks,
});

/** The id of this machine's current boot; undefined where the system has none. Source: random(4), `boot_id`. */
export const readBootId = (): string | undefined => readText('/proc/sys/kernel/random/boot_id')?.trim();
