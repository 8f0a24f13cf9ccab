import { createHash } from 'node:crypto';
import type { FileOps } from '../model/files.js';

const CHUNK = 1024 * 1024;

/** Size and SHA-256 of a file, read piece by piece. */
export const hashFile = async (files: FileOps, path: string): Promise<{ readonly bytes: number; readonly sha256: string }> => {
  const file = await files.open(path, 'read');
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    for (let chunk = await file.read(0, CHUNK); chunk.length > 0; chunk = await file.read(bytes, CHUNK)) {
      hash.update(chunk);
      bytes += chunk.length;
    }
    return { bytes, sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
};
