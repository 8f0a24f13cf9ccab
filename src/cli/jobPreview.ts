import { extractPage } from '../extract/extractPage.js';
import { rowsOf } from '../model/columns/cells.js';
import type { Job } from '../model/job.js';
import type { ConversationSource, DecodePage, Position } from '../model/page.js';
import type { Window } from '../model/window.js';
import { decodeConversations, type DecodedConversations } from '../source/conversations.js';
import { parsePage } from '../source/decode.js';
import { tablesOf } from './laneParts.js';
import type { Preview } from './openedJob.js';

const EMPTY: DecodedConversations = { conversations: [], rejects: [] };

/** Fetches the first page of a window and turns it into rows, in this thread; what the API keeps for it is given back. */
export const previewPage = async (source: ConversationSource, job: Job, window: Window, rowCount: number, signal: AbortSignal): Promise<Preview> => {
   
  const decode: DecodePage<DecodedConversations> = async (body, kind, label) => {
    const page = parsePage(body, kind, label);
    return { envelope: page.envelope, content: decodeConversations(page.conversations, { label, field: page.field, onBadRecord: job.onBadRecord }) };
  };
  let page = EMPTY;
  let position: Position | undefined;
  let nextPage = false;
  for await (const event of source.pages({ window, signal }, decode)) {
    position = event.position;
    if (event.type !== 'page') continue;
    page = event.content;
    nextPage = event.envelope.nextPageUrl !== undefined || event.envelope.cursor !== undefined || (event.envelope.totalHits ?? 0) > event.envelope.conversationCount;
    break;
  }
  if (position !== undefined) await source.release(position);
  const tables = tablesOf(job);
  const { block } = extractPage(page.conversations, tables, job.participants);
  return {
    conversations: page.conversations.length,
    nextPage,
    tables: tables.map((table, t) => {
      const { batch } = block.tables[t]!;
      return { name: table.name, columns: table.columns.map((column) => column.name), rows: [...rowsOf(table.columns, batch)].slice(0, rowCount), total: batch.rowCount };
    }),
  };
};
