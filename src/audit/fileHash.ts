import { createHash } from 'node:crypto';
import type { OpenFile } from '../model/files.js';

const CHUNK_BYTES = 1024 * 1024;

/** Reads a file from start to end in chunks of at most 1 MiB; ends early with the signal's reason when aborted. */
export async function* chunksOf(file: OpenFile, signal?: AbortSignal): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  for (let position = 0; ; ) {
    signal?.throwIfAborted();
    const chunk = await file.read(position, CHUNK_BYTES);
    if (chunk.length === 0) return;
    position += chunk.length;
    yield chunk;
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
