import { expect, it } from 'vitest';
import type { ConversationIndex } from '../../src/model/columns/block.js';
import { encodeBlock } from '../../src/model/columns/blockCodec.js';
import type { ConversationSource, Position, Shortfall, SourceEvent } from '../../src/model/page.js';
import type { Window } from '../../src/model/window.js';
import { fetchPages, type FetchedPages } from '../../src/run/fetchPages.js';
import type { PageContent } from '../../src/run/lanes.js';
import type { PartitionPorts } from '../../src/run/partitionPorts.js';
import type { PartitionParts } from '../../src/run/partsOfRun.js';
import { createJournalStore } from '../../src/state/journalStore.js';
import { closeAfterTest } from '../support/apiBench.js';
import { diskFiles } from '../support/diskFiles.js';
import { createManualClock } from '../support/manualClock.js';
import { createRecordingLog } from '../support/recordingLog.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

const HOUR_MS = 3_600_000;
const WINDOW: Window = { startMs: 0, endMs: 24 * HOUR_MS };
const [MORNING, EVENING]: readonly [Window, Window] = [{ startMs: 0, endMs: 12 * HOUR_MS }, { startMs: 12 * HOUR_MS, endMs: 24 * HOUR_MS }];
const POSITION: Position = { at: 1 };

const contentOf = (...ids: readonly string[]): PageContent => {
  const bytes = ids.map((id) => Buffer.from(id));
  const index: ConversationIndex = {
    count: ids.length,
    ids: { offsets: Uint32Array.from([0, ...bytes.map((_, i) => bytes.slice(0, i + 1).reduce((sum, { length }) => sum + length, 0))]), bytes: new Uint8Array(Buffer.concat(bytes)) },
    startMs: new Float64Array(ids.length).fill(Number.NaN),
    flags: new Uint8Array(ids.length),
  };
  return { block: encodeBlock({ index, tables: [] }), rows: 0, rejects: [], replacedText: 0, repeatedKeys: 0 };
};

const pageOf = (part: Window, ids: readonly string[], short?: Omit<Shortfall, 'window'>): SourceEvent<PageContent> => ({
  type: 'page', content: contentOf(...ids), envelope: { conversationCount: ids.length }, position: POSITION, part, ...(short === undefined ? {} : { short: { window: part, ...short } }),
});

/** Fetches from a source that yields these. */
const fetched = async (...events: readonly SourceEvent<PageContent>[]): Promise<FetchedPages> => {
  const log = createRecordingLog();
  const journal = await createJournalStore({ files: diskFiles, clock: createManualClock(), jobFolder: await temporaryFolder(), log }).create({ attemptId: 'a'.repeat(32), partition: 'dt=1970-01-01', requestHash: 'r', sourceAsOf: { ms: 1, origin: 'date-header' } });
  closeAfterTest(() => journal.close());
  const source = {
    async *pages() {
      await Promise.resolve();
      yield* events;
    },
    release: () => Promise.resolve(),
  } as unknown as ConversationSource;
  const nothing = (): undefined => undefined;
  const ports = { source, log, job: { onBadRecord: 'fail' }, tables: [], lanes: { prepare: nothing, release: nothing }, onEvent: nothing, signal: new AbortController().signal } as unknown as PartitionPorts;
  const parts: PartitionParts = { parts: [MORNING, EVENING], slots: { take: () => true, give: nothing }, isInVain: () => false };
  return fetchPages(ports, { job: 'nightly', window: WINDOW, dt: '1970-01-01', hr: undefined }, journal, parts).all();
};

const END: SourceEvent<PageContent> = { type: 'end', position: POSITION };

it('counts what each part’s answers say should have come and did not', async () => {
  expect((await fetched(pageOf(MORNING, ['a'], { total: 3, given: 1 }), pageOf(EVENING, ['b'], { total: 2, given: 1 }), END)).missing).toBe(3);
});

it('forgets what a part lacked when the part is asked for from its start again, and of no other', async () => {
  const begun = [pageOf(MORNING, ['a'], { total: 3, given: 1 }), pageOf(EVENING, ['b'], { total: 2, given: 1 })];
  const restart: SourceEvent<PageContent> = { type: 'restart', position: POSITION, part: MORNING, reason: 'the job is gone' };
  expect((await fetched(...begun, restart, END)).missing).toBe(1);
  expect((await fetched(...begun, restart, pageOf(MORNING, ['a', 'c', 'd']), END)).missing).toBe(1);
  expect((await fetched(...begun, restart, pageOf(MORNING, ['a', 'c'], { total: 3, given: 2 }), END)).missing).toBe(2);
});
