import type { ScratchFile } from '../model/journal.js';
import type { Window } from '../model/window.js';
import { RECORD_BYTES, type ConversationRecords } from './conversationRecords.js';
import { distinctConversations, sumOfCounts, type ConversationCounts } from './distinctConversations.js';
import { mergeRuns, type Run } from './mergeRuns.js';
import type { RecordSpill } from './recordSpill.js';
import { OrderFile } from './rowOrder.js';

/** What the order is made with. */
export interface SpilledOrderDeps {
  readonly spill: RecordSpill;
  readonly window: Window;
  /** Makes a file anew. */
  scratch(name: string): Promise<ScratchFile>;
  /** Sees the records that stay, part by part. */
  onKept(records: ConversationRecords, kept: Uint32Array): void;
}

/** Each part without repetitions and in order, one after the other in a file. */
const writeRuns = async ({ spill, window, onKept }: SpilledOrderDeps, { file }: ScratchFile): Promise<{ readonly runs: readonly Run[]; readonly counts: ConversationCounts }> => {
  const runs: Run[] = [];
  const parts: ConversationCounts[] = [];
  let written = 0;
  for await (const records of spill.parts()) {
    const { kept, counts } = distinctConversations(records, window);
    onKept(records, kept);
    await file.write(records.pack(kept, new ArrayBuffer(kept.length * RECORD_BYTES)));
    runs.push({ from: written, to: written + kept.length });
    written += kept.length;
    parts.push(counts);
  }
  return { runs, counts: sumOfCounts(parts) };
};

/** Puts spilled conversations in order, by way of two files, in memory that does not depend on how many they are. */
export const spilledOrder = async (deps: SpilledOrderDeps): Promise<{ readonly path: string; readonly counts: ConversationCounts }> => {
  const sorted = await deps.scratch('index-runs');
  const { runs, counts } = await writeRuns(deps, sorted);
  const order = await deps.scratch('index-order');
  const entries = new OrderFile(order);
  await mergeRuns(sorted, runs, (records, n) => entries.add(records.block(n), records.conversation(n)));
  await entries.flush();
  return { path: order.path, counts };
};
