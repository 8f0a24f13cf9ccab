import { createHash } from 'node:crypto';
import type { OpenFile } from '../model/files.js';

const CHUNK_BYTES = 1024 * 1024;

/**
 * Reads a file from start to end in chunks of at most 1 MiB; ends early with the signal's reason when aborted.
 *
 * Why not 1 MiB each: a chunk is memory that is made and zeroed, and a job has tens of thousands of small files. One byte more than is there, so that the end shows in the same read.
 */
export async function* chunksOf(file: OpenFile, signal?: AbortSignal): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  const size = await file.size();
  for (let position = 0; ; ) {
    signal?.throwIfAborted();
    // A file that grew meanwhile is read on.
    const length = position > size ? CHUNK_BYTES : Math.min(CHUNK_BYTES, size + 1 - position);
    const chunk = await file.read(position, length);
    position += chunk.length;
    if (chunk.length > 0) yield chunk;
    if (chunk.length < length) return;
  }
}

/** Size and hash of a file, counted from what is read. */
export interface FileHash {
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** Hashes an open file in constant memory. */
export const hashFile = async (file: OpenFile, signal?: AbortSignal): Promise<FileHash> => {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of chunksOf(file, signal)) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
};
