import type { SourceOptions } from '../model/job.js';

/** How a window is read, and what that takes. */
export interface Reading {
  /** Requests that bring pages, and those that only tell that an interval holds too much. */
  readonly calls: number;
  /** How often the window is cut. */
  readonly splits: number;
}

/**
 * What reading a window takes, were its conversations spread evenly over it.
 *
 * Every protocol is asked for at most `maxInterval` at once; page-number's API pages through no more than `maxResults`, so that it is cut further.
 * @param conversations that the answers hold
 */
export const readingOf = (source: Pick<SourceOptions, 'kind' | 'pageSize' | 'maxResults' | 'maxIntervalMs'>, windowMs: number, conversations: number): Reading => {
  const { kind, pageSize, maxResults, maxIntervalMs } = source;
  const pieces = Math.max(1, Math.ceil(windowMs / maxIntervalMs));
  if (kind !== 'page-number') return { calls: pieces * Math.max(1, Math.ceil(conversations / pieces / pageSize)), splits: pieces - 1 };
  let halvings = 0;
  while (conversations / pieces / 2 ** halvings > maxResults) halvings++;
  const intervals = pieces * 2 ** halvings;
  // Each interval ends with a page without conversations; each that is halved has told so by one page.
  const calls = intervals * (Math.ceil(conversations / intervals / pageSize) + 1) + pieces * (2 ** halvings - 1);
  return { calls, splits: intervals - 1 };
};
