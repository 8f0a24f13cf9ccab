import { createGunzip, gunzip } from 'node:zlib';
import { createMemoryDrain } from '../model/memoryDrain.js';
import { TransportError } from './transportError.js';

/** Room for output is taken at once up to here. Units: bytes. */
const MOST_AT_ONCE = 16 * 1024 * 1024;
const LEAST_AT_ONCE = 64 * 1024;
/** Output that is only counted comes in pieces of this size: few enough that what belongs to each in JavaScript does not add up. Units: bytes. */
const COUNTED_AT_ONCE = 1024 * 1024;

/** Alone in its ArrayBuffer, which is not much longer. */
const own = (bytes: Buffer<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
  const { buffer, byteOffset, byteLength } = bytes;
  if (byteOffset === 0 && byteLength * 2 > buffer.byteLength && byteLength >= LEAST_AT_ONCE) return new Uint8Array(buffer, 0, byteLength);
  const copy = new Uint8Array(byteLength);
  copy.set(bytes);
  return copy;
};

/** What the stream says of its length, modulo 2³². Source: RFC 1952, ISIZE. */
const announcedLength = (compressed: Uint8Array): number => {
  const end = compressed.byteLength;
  return end < 4 ? 0 : new DataView(compressed.buffer, compressed.byteOffset + end - 4, 4).getUint32(0, true);
};

const damaged = (label: string): TransportError => new TransportError('encoding', `${label}: the answer's gzip data are damaged or cut`);

/** Goes through the output without keeping it. @throws TransportError where it is more than `maxBytes`, or is damaged before that. */
const requireAtMost = (compressed: Uint8Array, maxBytes: number, label: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const stream = createGunzip({ chunkSize: COUNTED_AT_ONCE });
    const drain = createMemoryDrain();
    let length = 0;
    stream.on('data', ({ buffer, byteOffset, byteLength }: Buffer<ArrayBuffer>) => {
      length += byteLength;
      // Before its end, zlib goes on writing into it.
      if (byteLength > 0 && byteOffset + byteLength === buffer.byteLength) drain.letGo(buffer);
      if (length <= maxBytes) return;
      stream.destroy();
      reject(tooLarge(maxBytes, label));
    });
    stream.on('end', resolve);
    stream.on('error', () => {
      reject(damaged(label));
    });
    stream.on('close', drain.close);
    stream.end(compressed);
  });

const whole = (compressed: Uint8Array, { maxBytes, expected, label }: { readonly maxBytes: number; readonly expected: number; readonly label: string }): Promise<Uint8Array<ArrayBuffer> | 'longer'> =>
  new Promise((resolve, reject) => {
    // One byte more than expected, so that the last piece is not full and no other is begun.
    const chunkSize = Math.min(Math.max(expected + 1, LEAST_AT_ONCE), MOST_AT_ONCE);
    gunzip(compressed, { maxOutputLength: Math.max(maxBytes, 1), chunkSize }, (error, bytes) => {
      if (error === null) resolve(own(bytes));
      else if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') resolve('longer');
      else reject(damaged(label));
    });
  });

/**
 * Undoes gzip, strictly.
 *
 * Invariant: a cut stream, a wrong checksum, bytes after the end and bytes that are no gzip at all are errors; so is more than `maxBytes` of output. Memory is
 * that of the output which the stream announces at its end: one that announces more than `maxBytes`, or gives more than it announces, is gone through without being
 * kept, to tell a bomb (not worth asking again) from damage (which is).
 * Why one call on the whole: in pieces, zlib leaves bytes after the end of the stream unread and says nothing.
 * @throws TransportError `encoding` or `too-large`.
 */
export const ungzip = async (compressed: Uint8Array, maxBytes: number, label: string): Promise<Uint8Array<ArrayBuffer>> => {
  const expected = announcedLength(compressed);
  if (expected <= maxBytes) {
    const bytes = await whole(compressed, { maxBytes: expected, expected, label });
    if (bytes !== 'longer') return bytes;
  }
  await requireAtMost(compressed, maxBytes, label);
  // Several members, of which only the last one's length is known.
  const bytes = await whole(compressed, { maxBytes, expected: 0, label });
  if (bytes === 'longer') throw tooLarge(maxBytes, label);
  return bytes;
};

/** The error for an answer beyond the cap. */
export const tooLarge = (maxBytes: number, label: string): TransportError =>
  new TransportError('too-large', `${label}: the answer is larger than ${String(Math.round(maxBytes / 1048576))} MiB`, {
    remedy: 'Lower source.pageSize.',
  });
