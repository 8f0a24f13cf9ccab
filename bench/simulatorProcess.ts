import { createDataset } from '../src/simulate/dataset.js';
import { createManualClock } from '../src/simulate/manualClock.js';
import { startSimulator } from '../src/simulate/server.js';
import type { SimulatorSettings } from '../src/simulate/simulatorOptions.js';

/** What a simulator in a process of its own is told on its command line, as JSON. */
export interface SimulatorProcessOptions {
  readonly seed: number;
  readonly from: string;
  readonly days: number;
  readonly conversationsPerDay: number;
  readonly size?: 'small' | 'large';
  readonly hostile?: boolean;
  readonly nowMs: number;
  readonly settings?: Partial<SimulatorSettings>;
}

const { settings, nowMs, ...dataset } = JSON.parse(process.argv[2] ?? '{}') as SimulatorProcessOptions;

/** Simulates until its standard input ends; the first line it prints is its base URL. */
const simulator = await startSimulator({
  requestsPerMinute: 0,
  tokenRequestsPerMinute: 0,
  jobDelayMs: 0,
  ...settings,
  clock: createManualClock(nowMs, { autoAdvance: true }),
  dataset: createDataset(dataset),
});
process.stdout.write(`${simulator.baseUrl}\n`);
process.stdin.resume();
process.stdin.on('end', () => {
  void simulator.close();
});
