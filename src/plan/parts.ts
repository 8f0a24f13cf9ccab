import type { SourceKind, SourceOptions } from '../model/job.js';
import type { Window } from '../model/window.js';

/** How a window would be read. */
export interface PartsQuestion {
  readonly window: Window;
  readonly source: Pick<SourceOptions, 'kind' | 'pageSize' | 'parts'>;
  /** That its answers are expected to hold, each once. */
  readonly conversations: number;
  /** Parts that may be read at the same time. */
  readonly readers: number;
}

interface PartsPolicy {
  /** A part has so many pages at least. */
  readonly pages: number;
  /** Parts for each that is read at the same time, so that a busy hour does not keep the end waiting. */
  readonly partsPerReader: number;
  readonly most: number;
}

/**
 * Why jobs are worth it later, and few: each takes some seconds and seven requests, brings again what is active at both sides of a cut, and an organisation may have only so many.
 * Why page-number has no parts: its interval selects whole UTC days, whatever hours it names.
 */
const POLICIES: Readonly<Partial<Record<SourceKind, PartsPolicy>>> = {
  'next-page-url': { pages: 12, partsPerReader: 4, most: Number.POSITIVE_INFINITY },
  'job-cursor': { pages: 40, partsPerReader: 1, most: 4 },
};

const MINUTE_MS = 60_000;

/** How many parts of each partition may be read at the same time where so many partitions are left to read; one: as a whole. */
export const readersFor = ({ kind, parts }: Pick<SourceOptions, 'kind' | 'parts'>, concurrency: number, partitions: number): number =>
  POLICIES[kind] === undefined || !parts ? 1 : Math.max(1, Math.floor(concurrency / Math.max(1, partitions)));

/**
 * The parts that a window is read in, several at the same time; none where it is better read as a whole.
 *
 * Invariant: they tile the window, equally long but for whole minutes.
 * Why at all: the API takes the better part of a second a page, in which one reader after the other asks for a quarter of what the rate limit permits.
 */
export const partsOf = ({ window: { startMs, endMs }, source: { kind, pageSize, parts }, conversations, readers }: PartsQuestion): readonly Window[] => {
  const policy = POLICIES[kind];
  if (policy === undefined || !parts || readers < 2) return [];
  const minutes = Math.floor((endMs - startMs) / MINUTE_MS);
  const count = Math.min(readers * policy.partsPerReader, policy.most, Math.floor(conversations / pageSize / policy.pages), minutes);
  if (count < 2) return [];
  const cut = (n: number): number => (n === count ? endMs : startMs + Math.round((n * minutes) / count) * MINUTE_MS);
  return Array.from({ length: count }, (_, n) => ({ startMs: cut(n), endMs: cut(n + 1) }));
};
