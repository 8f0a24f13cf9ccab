import type { FileOps } from '../model/files.js';
import type { Reject } from '../model/journal.js';
import type { Manifest } from '../model/manifest.js';
import { createAtomicFile } from './atomicFile.js';
import { guarded } from './fileTrouble.js';
import { rejectsPath } from './layout.js';
import { attemptTemporaryName, TEMPORARY } from './temporaryName.js';

/** Lines are gathered to pieces of about so many UTF-16 units. */
const PIECE = 256 * 1024;

/**
 * Writes the records that did not decode, durably, to `_rejects/<partition>/<attemptId>.ndjson` of a job's folder.
 *
 * Shape: one JSON object a line, `{conversationId, path, reason, record}`; `record` is the answer's own JSON as a text, so that nothing of it changes.
 * Written again, it replaces what the same attempt wrote before.
 * @throws SinkError
 */
export const writeRejects = async (
  files: FileOps,
  jobFolder: string,
  partitionPath: string,
  attemptId: string,
  rejects: AsyncIterable<Reject>,
): Promise<NonNullable<Manifest['rejects']>> => {
  const path = rejectsPath(partitionPath, attemptId);
  const folder = `${jobFolder}/${path.slice(0, path.lastIndexOf('/'))}`;
  await guarded(folder, 'made', () => files.makeFolder(folder));
  const file = await createAtomicFile(files, folder, attemptTemporaryName(attemptId).slice(TEMPORARY.length));
  try {
    let piece = '';
    for await (const { conversationId, path: at, reason, record } of rejects) {
      piece += `${JSON.stringify({ conversationId, path: at, reason, record })}\n`;
      if (piece.length < PIECE) continue;
      await file.write(Buffer.from(piece));
      piece = '';
    }
    if (piece !== '') await file.write(Buffer.from(piece));
    const { bytes, sha256 } = await file.close(() => `${jobFolder}/${path}`, { replace: true });
    return { path, bytes, sha256 };
  } catch (error) {
    await file.abort();
    throw error;
  }
};
