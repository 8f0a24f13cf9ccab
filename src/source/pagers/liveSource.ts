import type { SourceKind } from '../../model/job.js';
import type { WholeSource } from '../../model/page.js';
import { glanceByIds } from '../glanceByIds.js';
import { serverClock } from '../sourceAsOf.js';
import { countStarted } from '../total.js';
import { releaseJobs } from './jobRelease.js';
import type { PagerContext } from './pagerContext.js';

/** What such a protocol has of its own. */
export interface LiveProtocol extends Pick<WholeSource, 'carriesAttributes' | 'pages'> {
  readonly kind: Exclude<SourceKind, 'job-cursor'>;
}

/** What protocols that ask for live data have in common: they are as fresh as the server's clock, and keep nothing on it. */
export const liveSource = (context: PagerContext, { kind, carriesAttributes, pages }: LiveProtocol): WholeSource => ({
  kind,
  carriesAttributes,
  holdsJob: false,
  sourceAsOf: async (signal) => serverClock(context.send, kind, context.baseUrl, context.clock.nowMs(), signal),
  pages,
  // A job is from before the source was another.
  release: releaseJobs(context),
  glance: async (wishes, signal) => glanceByIds(context.send, context.baseUrl, wishes.flatMap(({ ids }) => ids), signal),
  total: async (window, signal) => countStarted(context.send, context.baseUrl, context.options, window, signal),
});
