import { AsyncByteQueue, RecordBatchStreamWriter, type RecordBatch, type Schema } from 'apache-arrow';

const FIRST_BYTES = 1024 * 1024;

/** Takes what a writer writes into one growing piece of memory. */
class Gathering extends AsyncByteQueue {
  #bytes = new Uint8Array(FIRST_BYTES);
  #used = 0;

  override write(chunk: ArrayBufferView): void {
    const end = this.#used + chunk.byteLength;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = larger;
    }
    this.#bytes.set(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength), this.#used);
    this.#used = end;
  }

  /** What was written since the last time: a view, which holds until the next write. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#used);
    this.#used = 0;
    return taken;
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
