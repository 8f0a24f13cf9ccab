import type { AnalyticsConversation } from '../../src/simulate/analyticsModel.js';
import type { SimulatorRig } from './simulatorClient.js';

/** Path of the details query. */
export const QUERY = '/api/v2/analytics/conversations/details/query';
/** Path of the details jobs. */
export const JOBS = '/api/v2/analytics/conversations/details/jobs';

interface Page {
  readonly conversations?: readonly AnalyticsConversation[];
  readonly entities?: readonly AnalyticsConversation[];
  readonly nextPageUrl?: string;
  readonly cursor?: string;
  readonly totalHits?: number;
  readonly dataAvailabilityDate?: string;
}

/** All conversations over page numbers. */
export const byPageNumber = async (rig: SimulatorRig, interval: string, pageSize = 25): Promise<AnalyticsConversation[]> => {
  const all: AnalyticsConversation[] = [];
  for (let pageNumber = 1; ; pageNumber++) {
    const page = (await rig.call('POST', QUERY, { interval, paging: { pageSize, pageNumber } })).json as Page;
    if (page.conversations === undefined) return all;
    all.push(...page.conversations);
  }
};

/** All conversations over links. */
export const byNextPageUrl = async (rig: SimulatorRig, from: string, to: string, pageSize = 25): Promise<AnalyticsConversation[]> => {
  let page = (await rig.call('POST', QUERY, { view: 'details', dateRange: { from, to }, pageSize })).json as Page;
  const all = [...(page.entities ?? [])];
  while (page.nextPageUrl !== undefined) {
    page = (await rig.call('GET', page.nextPageUrl)).json as Page;
    all.push(...(page.entities ?? []));
  }
  return all;
};

/** Submits a job. */
export const submitJob = async (rig: SimulatorRig, body: object): Promise<string> => ((await rig.call('POST', JOBS, body)).json as { jobId: string }).jobId;

/** All conversations of a job that is done. */
export const byCursor = async (rig: SimulatorRig, jobId: string, pageSize = 25): Promise<{ all: AnalyticsConversation[]; sizes: number[] }> => {
  const all: AnalyticsConversation[] = [];
  const sizes: number[] = [];
  for (let cursor = ''; ; ) {
    const page = (await rig.call('GET', `${JOBS}/${jobId}/results?pageSize=${String(pageSize)}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`)).json as Page;
    all.push(...(page.conversations ?? []));
    sizes.push(page.conversations?.length ?? 0);
    if (page.cursor === undefined) return { all, sizes };
    cursor = page.cursor;
  }
};
