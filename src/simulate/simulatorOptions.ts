import type { Clock } from '../model/ports.js';
import type { Window } from '../model/window.js';
import type { Dataset } from './dataset.js';
import type { Fault } from './faults.js';

/** How the imitation behaves. Every limit is a knob, because the real ones differ by organization and release. */
export interface SimulatorSettings {
  /** 0: any free port. */
  readonly port: number;
  readonly clientId: string;
  readonly clientSecret: string;
  /** `expires_in` of a token. Units: seconds. */
  readonly tokenLifetimeS: number;
  /** Token requests a minute before the token endpoint refuses; 0: no limit. */
  readonly tokenRequestsPerMinute: number;
  /** Requests a minute and token before 429; 0: no limit. */
  readonly requestsPerMinute: number;
  /** Whether answers carry inin-ratelimit headers. */
  readonly rateLimitHeaders: boolean;
  /** Real time before every answer. Units: milliseconds. */
  readonly latencyMs: number;
  /** Compresses answers for clients that accept gzip. */
  readonly gzip: boolean;
  /** From a job's submission to FULFILLED, half of it QUEUED. Units: milliseconds of the clock. */
  readonly jobDelayMs: number;
  /** From a job's submission to EXPIRED. */
  readonly jobLifetimeMs: number;
  /** Jobs that may exist at once, done ones included, until they are deleted or expire. */
  readonly maxConcurrentJobs: number;
  readonly maxJobPageSize: number;
  /** Every third page of job results is shorter than asked. */
  readonly shortPages: boolean;
  readonly lakeLagMs: number;
  readonly lakeStalls: readonly Window[];
  readonly maxPageSize: number;
  /** pageSize × pageNumber of a query may not exceed this. */
  readonly maxResults: number;
  readonly maxIntervalDays: 7 | 31;
  /** `day`: a query answers what started on a UTC day touched by its interval, as documented. `interval`: what started in the interval. */
  readonly queryMatching: 'day' | 'interval';
  /** The same over next-page-url, whose protocol is documented nowhere: what started in its `dateRange`, or on a UTC day that this touches. */
  readonly dateRangeMatching: 'day' | 'interval';
  /** `totalHits` is off by a few and differs from page to page. */
  readonly totalHitsDrift: boolean;
  readonly nextPageUrlStyle: 'relative' | 'absolute';
  /** The key of the conversations over next-page-url. */
  readonly nextPageRowsKey: 'entities' | 'conversations';
  /** How long a nextPageUrl works; absent: as long as the simulator. */
  readonly linkLifetimeMs: number | undefined;
  /** Over next-page-url, `select` names the only fields that conversations have. */
  readonly honourSelect: boolean;
  /** Every so many pages begin with the last conversation of the page before; 0: none. */
  readonly duplicateEvery: number;
  /** Divisions that the client may see; absent: all. */
  readonly visibleDivisions: readonly string[] | undefined;
  /** Permissions that the client lacks. */
  readonly deniedPermissions: readonly string[];
  /** The Date header is off by so much. */
  readonly dateSkewMs: number;
  /** Keeps request bodies in `requests`. */
  readonly recordBodies: boolean;
  readonly faults: readonly Fault[];
}

/** What a simulator needs, and the settings that shall differ from the defaults. */
export type SimulatorOptions = Partial<SimulatorSettings> & { readonly clock: Clock; readonly dataset: Dataset };

const HOUR_MS = 3_600_000;

const DEFAULTS: SimulatorSettings = {
  port: 0,
  clientId: 'demo',
  clientSecret: 'demo',
  tokenLifetimeS: 86_399,
  tokenRequestsPerMinute: 300,
  requestsPerMinute: 300,
  rateLimitHeaders: true,
  latencyMs: 0,
  gzip: true,
  jobDelayMs: 3_000,
  jobLifetimeMs: 24 * HOUR_MS,
  maxConcurrentJobs: 10,
  maxJobPageSize: 1_000,
  shortPages: true,
  lakeLagMs: HOUR_MS,
  lakeStalls: [],
  maxPageSize: 100,
  maxResults: 100_000,
  maxIntervalDays: 31,
  queryMatching: 'day',
  dateRangeMatching: 'interval',
  totalHitsDrift: false,
  nextPageUrlStyle: 'relative',
  nextPageRowsKey: 'entities',
  linkLifetimeMs: undefined,
  honourSelect: false,
  duplicateEvery: 0,
  visibleDivisions: undefined,
  deniedPermissions: [],
  dateSkewMs: 0,
  recordBodies: false,
  faults: [],
};

/** The settings with what was left out filled in. */
export const settle = (options: SimulatorOptions): SimulatorSettings => ({ ...DEFAULTS, ...options });
