import type { Journal } from '../model/journal.js';
import type { Manifest } from '../model/manifest.js';
import type { SourceAsOf } from '../model/page.js';
import type { FetchedPages } from './fetchPages.js';

/** How fresh what was read is: the mark taken before page 1, or that of a page which says that it was read from less. */
export const markOf = ({ sourceAsOf }: Journal, { availableMs }: FetchedPages): SourceAsOf =>
  sourceAsOf.origin === 'availability' && availableMs !== undefined && availableMs < sourceAsOf.ms ? { ...sourceAsOf, ms: availableMs } : sourceAsOf;

/** The mark that a new version must not go back behind. One by another kind of clock says nothing: a data lake is hours behind its server. */
export const markBefore = (previous: Manifest | undefined, { origin }: SourceAsOf): number =>
  previous === undefined || previous.sourceAsOf.origin !== origin ? Number.NEGATIVE_INFINITY : Date.parse(previous.sourceAsOf.at);
