import { createDataset, type DatasetOptions } from '../../src/simulate/dataset.js';
import { createManualClock, type ManualClock } from '../../src/simulate/manualClock.js';
import { startSimulator, type Simulator } from '../../src/simulate/server.js';
import type { SimulatorOptions } from '../../src/simulate/simulatorOptions.js';

/** The day on which the conversations of `simulate` start. */
export const SIMULATED_DAY = '2026-01-05';
/** Months later: nothing changes any more. */
export const LONG_AFTER_MS = Date.UTC(2026, 5, 1);

/** An answer, with its JSON where it has any. */
export interface ClientAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

/** A running simulator with its clock and a logged-in client. */
export interface SimulatorRig {
  readonly simulator: Simulator;
  readonly clock: ManualClock;
  call(method: string, path: string, body?: unknown): Promise<ClientAnswer>;
  token(id?: string, secret?: string): Promise<ClientAnswer>;
  login(): Promise<void>;
  close(): Promise<void>;
}

/** What to simulate: a small dataset unless told otherwise. */
export interface RigOptions {
  readonly dataset?: Partial<DatasetOptions>;
  readonly nowMs?: number;
  readonly settings?: Partial<Omit<SimulatorOptions, 'clock' | 'dataset'>>;
}

const read = async (response: Response): Promise<ClientAnswer> => {
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json');
  return { status: response.status, headers: response.headers, text, json: isJson && text !== '' ? (JSON.parse(text) as unknown) : undefined };
};

/** Starts a simulator on a free loopback port and logs a client in. */
export const simulate = async (options: RigOptions = {}): Promise<SimulatorRig> => {
  const clock = createManualClock(options.nowMs ?? LONG_AFTER_MS);
  const dataset = createDataset({ seed: 1, from: SIMULATED_DAY, days: 2, conversationsPerDay: 60, ...options.dataset });
  const simulator = await startSimulator({ requestsPerMinute: 0, jobDelayMs: 0, ...options.settings, clock, dataset });
  let bearer = '';
  const token = async (id = 'demo', secret = 'demo'): Promise<ClientAnswer> =>
    read(
      await fetch(`${simulator.baseUrl}/oauth/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`, 'content-type': 'application/x-www-form-urlencoded' },
        body: 'grant_type=client_credentials',
      }),
    );
  const call = async (method: string, path: string, body?: unknown): Promise<ClientAnswer> =>
    read(
      await fetch(path.startsWith('http') ? path : simulator.baseUrl + path, {
        method,
        redirect: 'manual',
        headers: { ...(bearer === '' ? {} : { authorization: `Bearer ${bearer}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
  const login = async (): Promise<void> => {
    bearer = ((await token()).json as { access_token: string }).access_token;
  };
  await login();
  return { simulator, clock, call, token, login, close: () => simulator.close() };
};
