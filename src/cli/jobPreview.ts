import { conversationParts } from '../extract/conversationParts.js';
import { PageExtractor, type ExtractedPage } from '../extract/extractPage.js';
import { rowsOf } from '../model/columns/cells.js';
import type { Job } from '../model/job.js';
import type { ConversationSource, DecodePage, Position } from '../model/page.js';
import type { Row } from '../model/table.js';
import type { Window } from '../model/window.js';
import { decodePage } from '../source/page/decodePage.js';
import { tablesOf } from './laneParts.js';
import type { Preview } from './openedJob.js';

const firstOf = (rows: Iterable<Row>, count: number): Row[] => {
  const first: Row[] = [];
  for (const row of rows) {
    if (first.length === count) break;
    first.push(row);
  }
  return first;
};

/** Fetches the first page of a window and turns it into rows, in this thread; what the API keeps for it is given back. */
export const previewPage = async (source: ConversationSource, job: Job, window: Window, rowCount: number, signal: AbortSignal): Promise<Preview> => {
  const tables = tablesOf(job);
  const parts = conversationParts(tables, job.participants);
  const extractor = new PageExtractor(tables, job.participants);
  const decode: DecodePage<ExtractedPage> = (body, kind, label) => decodePage(body, kind, label, { parts, onBadRecord: job.onBadRecord }, extractor);
  extractor.begin();
  let { block } = extractor.finish();
  let position: Position | undefined;
  let nextPage = false;
  try {
    for await (const event of source.pages({ window, signal }, decode)) {
      position = event.position;
      if (event.type !== 'page') continue;
      ({ block } = event.content);
      nextPage = event.envelope.nextPageUrl !== undefined || event.envelope.cursor !== undefined || (event.envelope.totalHits ?? 0) > event.envelope.conversationCount;
      break;
    }
  } finally {
    if (position !== undefined) await source.release(position, signal);
  }
  return {
    conversations: block.index.count,
    nextPage,
    tables: tables.map((table, t) => {
      const { batch } = block.tables[t]!;
      return { name: table.name, columns: table.columns.map((column) => column.name), rows: firstOf(rowsOf(table.columns, batch), rowCount), total: batch.rowCount };
    }),
  };
};
