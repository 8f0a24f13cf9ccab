import { conversationParts } from '../extract/conversationParts.js';
import { PageExtractor, type ExtractedPage } from '../extract/extractPage.js';
import { rowsOf } from '../model/columns/cells.js';
import type { Conversation } from '../model/conversation.js';
import type { ConversationSink } from '../model/conversationSink.js';
import type { Job } from '../model/job.js';
import type { ConversationSource, DecodePage, Position } from '../model/page.js';
import { partitionPath, type Partition } from '../model/partition.js';
import type { Row } from '../model/table.js';
import { contains, type Window } from '../model/window.js';
import { refuseBadRecords } from '../run/badRecords.js';
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

/** Rows of the conversations that an export writes, and how many others there were. */
interface WindowedPage extends ExtractedPage {
  readonly outsideWindow: number;
}

/** Leaves out what belongs to other partitions. */
class WindowedExtractor implements ConversationSink<WindowedPage> {
  readonly #extractor: PageExtractor;
  readonly #window: Window;
  #outsideWindow = 0;

  constructor(extractor: PageExtractor, window: Window) {
    this.#extractor = extractor;
    this.#window = window;
  }

  begin(): void {
    this.#extractor.begin();
    this.#outsideWindow = 0;
  }

  add(conversation: Conversation): void {
    const start = conversation.conversationStart;
    if (start === null || contains(this.#window, start)) this.#extractor.add(conversation);
    else this.#outsideWindow++;
  }

  finish(): WindowedPage {
    return { ...this.#extractor.finish(), outsideWindow: this.#outsideWindow };
  }
}

/** Fetches the first page of a partition and turns it into rows, in this thread; what the API keeps for it is given back. */
export const previewPage = async (source: ConversationSource, job: Job, partition: Partition, rowCount: number, signal: AbortSignal): Promise<Preview> => {
  const { window } = partition;
  const tables = tablesOf(job);
  const parts = conversationParts(tables, job.participants);
  const extractor = new WindowedExtractor(new PageExtractor(tables, job.participants), window);
  const decode: DecodePage<WindowedPage> = async (body, kind, label) => {
    const page = await decodePage(body, kind, label, parts, extractor);
    if (job.onBadRecord === 'fail') refuseBadRecords(page.rejects, window, label);
    return page;
  };
  extractor.begin();
  let { block, outsideWindow } = extractor.finish();
  let position: Position | undefined;
  let nextPage = false;
  try {
    for await (const event of source.pages({ window, signal }, decode)) {
      position = event.position;
      if (event.type !== 'page') continue;
      ({ block, outsideWindow } = event.content);
      nextPage = event.envelope.nextPageUrl !== undefined || event.envelope.cursor !== undefined || (event.envelope.totalHits ?? 0) > event.envelope.conversationCount;
      break;
    }
  } finally {
    if (position !== undefined) await source.release(position, signal);
  }
  return {
    partition: partitionPath(partition),
    conversations: block.index.count,
    outsideWindow,
    nextPage,
    tables: tables.map((table, t) => {
      const { batch } = block.tables[t]!;
      return { name: table.name, columns: table.columns.map((column) => column.name), rows: firstOf(rowsOf(table.columns, batch), rowCount), total: batch.rowCount };
    }),
  };
};
