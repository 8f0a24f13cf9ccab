import type { Contestant, Course, Run } from './contestants.js';
import { cpuS, median } from './exactUsage.js';

/** Medians of a contestant's runs. */
export interface Summary {
  readonly name: string;
  readonly wallS: number;
  readonly cpuS: number;
  readonly peakRssMiB: number;
  readonly bytes: number;
  readonly rows: Readonly<Record<string, number>>;
  readonly tableBytes: Readonly<Record<string, number>>;
  /** Each run's wall time over that of the first contestant in the same round: the median. */
  readonly wallRatio: number;
  /** The shortest wall over the shortest of the first contestant: what disturbs least. */
  readonly bestRatio: number;
  /** The same as `wallRatio` of processor time. */
  readonly cpuRatio: number;
  /** Processor time of other processes meanwhile, the server's included. Units: seconds. */
  readonly othersCpuS: number;
  /** Shortest and longest wall. Units: seconds. */
  readonly wallRange: readonly [number, number];
}

const summarize = (name: string, runs: readonly Run[], first: readonly Run[]): Summary => {
  const walls = runs.map((run) => run.wallS);
  return {
    name,
    wallS: median(walls),
    cpuS: median(runs.map(cpuS)),
    peakRssMiB: median(runs.map((run) => run.peakRssMiB)),
    bytes: median(runs.map((run) => run.bytes)),
    rows: runs[0]!.rows,
    tableBytes: runs[0]!.tableBytes,
    bestRatio: Math.min(...walls) / Math.min(...first.map((run) => run.wallS)),
    wallRatio: median(runs.map((run, i) => run.wallS / first[i]!.wallS)),
    cpuRatio: median(runs.map((run, i) => cpuS(run) / cpuS(first[i]!))),
    othersCpuS: median(runs.map((run) => run.othersCpuS)),
    wallRange: [Math.min(...walls), Math.max(...walls)],
  };
};

/**
 * Runs contestants in alternation, A B C A B C …, and gives their medians; the first is what the others are compared with.
 *
 * Why alternation: what else happens on the machine then happens to all of them.
 * @throws Error where two contestants do not write the same rows of a table.
 */
export const runSeries = async (course: Course, contestants: readonly Contestant[], runs: number, onRun: (line: string) => void): Promise<readonly Summary[]> => {
  const done = contestants.map((): Run[] => []);
  const rows = new Map<string, number>();
  for (let round = 0; round < runs; round++) {
    for (const [i, contestant] of contestants.entries()) {
      const run = await contestant.run(course);
      done[i]!.push(run);
      for (const [table, count] of Object.entries(run.rows)) {
        const known = rows.get(table.replace(' (csv)', '')) ?? count;
        rows.set(table.replace(' (csv)', ''), known);
        if (known !== count) throw new Error(`${contestant.name}: ${table} has ${String(count)} rows, others wrote ${String(known)}`);
      }
      onRun(`${contestant.name}: wall ${run.wallS.toFixed(2)} s, CPU ${cpuS(run).toFixed(2)} s, peak RSS ${run.peakRssMiB.toFixed(0)} MiB, others ${run.othersCpuS.toFixed(1)} s`);
    }
  }
  return contestants.map(({ name }, i) => summarize(name, done[i]!, done[0]!));
};
