import { createDataset, type DatasetOptions } from '../../src/simulate/dataset.js';
import type { Fault } from '../../src/simulate/faults.js';
import { startSimulator } from '../../src/simulate/server.js';
import type { SimulatorSettings } from '../../src/simulate/simulatorOptions.js';

/** What the simulator's process is started with, as JSON on its command line. */
export interface TortureSimulatorOptions {
  readonly dataset: DatasetOptions;
  /** The simulator's clock begins here and runs. */
  readonly startMs: number;
  readonly settings: Partial<SimulatorSettings>;
}

/** A request as the simulator saw it; the body tells freshness calls from pages. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  /** 0: no answer, or none that was whole. */
  readonly status: number;
  readonly body?: string;
}

/** What the parent asks over the channel; each is answered in order. */
export type Ask = { readonly type: 'faults'; readonly faults: readonly Fault[] } | { readonly type: 'take' };

/** The answer to any ask. */
export interface Answered {
  /** Requests since they were last taken; empty after `faults`. */
  readonly requests: readonly SeenRequest[];
  /** Errors of the imitation itself. */
  readonly defects: readonly string[];
}

const options = JSON.parse(process.argv[2] ?? '{}') as TortureSimulatorOptions;
const bornMs = performance.now();
const monotonicMs = (): number => performance.now() - bornMs;

const simulator = await startSimulator({
  ...options.settings,
  recordBodies: true,
  clock: { nowMs: () => Math.floor(options.startMs + monotonicMs()), monotonicMs, sleep: () => Promise.reject(new Error('the simulator does not sleep')) },
  dataset: createDataset(options.dataset),
});

let taken = 0;
process.on('message', (ask: Ask) => {
  let requests: SeenRequest[] = [];
  if (ask.type === 'faults') {
    simulator.faults.clear();
    for (const fault of ask.faults) simulator.faults.add(fault);
  } else {
    requests = simulator.requests.slice(taken).map(({ method, path, status, body }) => ({ method, path, status, ...(body === undefined ? {} : { body }) }));
    taken += requests.length;
  }
  process.send?.({ requests, defects: simulator.defects.map(String) } satisfies Answered);
});
process.on('disconnect', () => {
  void simulator.close();
});
process.send?.(simulator.baseUrl);
