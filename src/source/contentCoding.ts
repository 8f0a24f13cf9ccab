import { gunzip } from 'node:zlib';
import { TransportError } from './transportError.js';

const own = (bytes: Buffer<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
  if (bytes.byteLength === bytes.buffer.byteLength) return new Uint8Array(bytes.buffer);
  const copy = new Uint8Array(bytes.byteLength);
  copy.set(bytes);
  return copy;
};

/**
 * Undoes gzip, strictly.
 *
 * Invariant: a cut stream, a wrong checksum, bytes after the end and bytes that are no gzip at all are errors; so is more than `maxBytes` of output, noticed while it is made.
 * Why one call on the whole: in pieces, zlib leaves bytes after the end of the stream unread and says nothing.
 * @throws TransportError `encoding` or `too-large`.
 */
export const ungzip = async (compressed: Uint8Array, maxBytes: number, label: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Promise((resolve, reject) => {
    gunzip(compressed, { maxOutputLength: maxBytes, chunkSize: 256 * 1024 }, (error, bytes) => {
      if (error === null) {
        resolve(own(bytes));
      } else if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
        reject(tooLarge(maxBytes, label));
      } else {
        reject(new TransportError('encoding', `${label}: the answer's gzip data are damaged or cut`));
      }
    });
  });

/** The error for an answer beyond the cap. */
export const tooLarge = (maxBytes: number, label: string): TransportError =>
  new TransportError('too-large', `${label}: the answer is larger than ${String(Math.round(maxBytes / 1048576))} MiB`, {
    remedy: 'Lower source.pageSize.',
  });
