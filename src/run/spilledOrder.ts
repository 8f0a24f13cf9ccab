import type { ScratchFile } from '../model/journal.js';
import type { Window } from '../model/window.js';
import { ConversationRecords, RECORD_BYTES } from './conversationRecords.js';
import { distinctConversations, sumOfCounts, type ConversationCounts } from './distinctConversations.js';
import { mergeRuns, type Run } from './mergeRuns.js';
import type { RecordSpill } from './recordSpill.js';
import { ENTRY_BYTES } from './rowOrder.js';

const ENTRIES_AT_ONCE = 8192;

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
    const bytes = new Uint8Array(kept.length * RECORD_BYTES);
    kept.forEach((n, i) => {
      bytes.set(records.bytes(n), i * RECORD_BYTES);
    });
    await file.write(bytes);
    runs.push({ from: written, to: written + kept.length });
    written += kept.length;
    parts.push(counts);
  }
  return { runs, counts: sumOfCounts(parts) };
};

/** Writes pairs of block and conversation. */
class OrderFile {
  readonly #file: ScratchFile['file'];
  readonly #words = new Uint32Array((ENTRIES_AT_ONCE * ENTRY_BYTES) / Uint32Array.BYTES_PER_ELEMENT);
  #at = 0;

  constructor({ file }: ScratchFile) {
    this.#file = file;
  }

  /** A promise only where it has to be waited for. */
  add(block: number, conversation: number): Promise<void> | undefined {
    this.#words[this.#at++] = block;
    this.#words[this.#at++] = conversation;
    return this.#at === this.#words.length ? this.flush() : undefined;
  }

  async flush(): Promise<void> {
    await this.#file.write(new Uint8Array(this.#words.buffer, 0, this.#at * Uint32Array.BYTES_PER_ELEMENT));
    this.#at = 0;
  }
}

/** Puts spilled conversations in order, by way of two files, in memory that does not depend on how many they are. */
export const spilledOrder = async (deps: SpilledOrderDeps): Promise<{ readonly path: string; readonly counts: ConversationCounts }> => {
  const sorted = await deps.scratch('index-runs');
  const { runs, counts } = await writeRuns(deps, sorted);
  const order = await deps.scratch('index-order');
  const entries = new OrderFile(order);
  await mergeRuns(sorted.file, runs, (records, n) => entries.add(records.block(n), records.conversation(n)));
  await entries.flush();
  return { path: order.path, counts };
};
