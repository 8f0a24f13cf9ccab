import { AsyncByteQueue, RecordBatchStreamWriter, type RecordBatch, type Schema } from 'apache-arrow';
import { ByteBuffer } from './byteBuffer.js';

/** Takes what a writer writes into one growing piece of memory. */
class Gathering extends AsyncByteQueue {
  readonly #buffer = new ByteBuffer();

  override write(chunk: ArrayBufferView): void {
    this.#buffer.put(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  }

  /** What was written since the last time: a view, which holds until the next write. */
  take(): Uint8Array {
    const taken = this.#buffer.view();
    this.#buffer.clear();
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
