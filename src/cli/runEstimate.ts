import type { Manifest } from '../model/manifest.js';
import type { Cost } from '../plan/cost.js';
import type { JobReport, RunCost } from '../run/report.js';
import { rowTotal } from './outcomeLine.js';

const NOTHING: RunCost = { calls: 0, rows: 0, bytes: 0 };
const plus = (a: RunCost, b: RunCost): RunCost => ({ calls: a.calls + b.calls, rows: a.rows + b.rows, bytes: a.bytes + b.bytes });
const bytesOf = ({ files }: Manifest): number => files.reduce((sum, { bytes }) => sum + bytes, 0);

/**
 * The report with what was expected beside what came.
 *
 * Why only partitions that were committed by this run: of the others less was read than was expected, or nothing written.
 */
export const withEstimate = (report: JobReport, { partitions }: Pick<Cost, 'partitions'>): JobReport => {
  const expectedOf = new Map(partitions.map((cost) => [cost.partition, cost]));
  let [expected, actual] = [NOTHING, NOTHING];
  let compared = 0;
  for (const outcome of report.outcomes) {
    const cost = expectedOf.get(outcome.partition);
    if (outcome.result !== 'committed' || cost === undefined) continue;
    compared++;
    expected = plus(expected, cost);
    actual = plus(actual, { calls: report.calls?.[outcome.partition] ?? 0, rows: rowTotal(outcome.manifest.counts), bytes: bytesOf(outcome.manifest) });
  }
  return compared === 0 ? report : { ...report, estimate: { expected, actual } };
};
