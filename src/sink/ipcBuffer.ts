import { Buffer } from 'node:buffer';
import { AsyncByteQueue, RecordBatchStreamWriter, type RecordBatch, type Schema } from 'apache-arrow';

const FIRST_BYTES = 64 * 1024;
/** Beyond this, memory is not kept. Units: bytes. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** Takes what a writer writes into one piece of memory that grows, and is used again unless it is large. */
class Gathering extends AsyncByteQueue {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;

  override write(chunk: ArrayBufferView): void {
    const end = this.#length + chunk.byteLength;
    if (end > this.#bytes.length) this.#grow(end);
    this.#bytes.set(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength), this.#length);
    this.#length = end;
  }

  /** What was written since the last time: a view, which holds until the next write. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
    this.#length = 0;
    return taken;
  }

  #grow(end: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(end, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/**
 * Encodes record batches as Arrow IPC streams, one after the other, in the same memory.
 *
 * Why not `tableToIPC`: it makes each stream anew, some megabytes a row group.
 * Source: arrow.apache.org/docs/format/Columnar.html, IPC streaming format.
 */
export class IpcBuffer {
  readonly #sink = new Gathering();

  /** A stream of one batch: a view, which holds until the next call. */
  encode(schema: Schema, batch: RecordBatch): Uint8Array {
    const writer = new RecordBatchStreamWriter({ autoDestroy: false });
    writer.reset(this.#sink, schema);
    writer.write(batch);
    writer.finish();
    return this.#sink.take();
  }
}
