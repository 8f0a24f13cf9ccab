import { createHash } from 'node:crypto';
import * as z from 'zod';
import { errnoCode } from '../model/errnoCode.js';
import { withFile } from './dataFiles.js';
import { hashFile } from './fileHash.js';
import { Findings } from './findings.js';
import { wholePages } from './openSegment.js';
import { parsedJson } from './parsedJson.js';
import { absolute, lookAt, namesIn, type Subject } from './subject.js';

const Checkpoint = z.object({
  partition: z.string(),
  segments: z.array(z.object({ n: z.int().positive(), bytes: z.int(), sha256: z.string() })),
});
type Checkpoint = z.infer<typeof Checkpoint>;

const NEWLINE = 0x0a;

const REMEDY = 'Nothing committed is affected: the next run sets the journal aside and asks for the partition anew.';

/** Shape: a line of JSON, then a line with the SHA-256 of the first. Source: state/checkpointFile.ts. */
const decodeCheckpoint = (bytes: Uint8Array): Checkpoint | undefined => {
  const line = bytes.subarray(0, Math.max(0, bytes.indexOf(NEWLINE)));
  const trailer = Buffer.from(bytes.subarray(line.length)).toString('latin1');
  if (trailer !== `\n${createHash('sha256').update(line).digest('hex')}\n`) return undefined;
  return Checkpoint.safeParse(parsedJson(new TextDecoder().decode(line))).data;
};

const readIfThere = async (subject: Subject, path: string): Promise<Uint8Array | undefined> => {
  try {
    return await subject.files.readFile(absolute(subject, path));
  } catch (error) {
    if (errnoCode(error) === 'ENOENT') return undefined;
    throw error;
  }
};

const segmentName = (n: number): string => `seg-${String(n).padStart(5, '0')}`;

const checkSegments = async (subject: Subject, folder: string, checkpoint: Checkpoint, findings: Findings): Promise<void> => {
  for (const segment of checkpoint.segments) {
    const path = `${folder}/${segmentName(segment.n)}`;
    // A run that ends while we look takes its journal with it.
    if ((await lookAt(subject, `${folder}/checkpoint.json`)) === undefined) return;
    if ((await lookAt(subject, path)) === undefined) {
      findings.note('journal', path, 'the checkpoint names this segment, and it is missing', REMEDY);
      continue;
    }
    const refused = new Findings();
    const actual = await withFile(subject, path, refused, REMEDY, (file) => hashFile(file, subject.signal));
    if (actual === undefined) for (const { what } of refused.all) findings.note('journal', path, what, REMEDY);
    else if (actual.bytes !== segment.bytes || actual.sha256 !== segment.sha256) findings.note('journal', path, 'it is not as it was sealed', REMEDY);
  }
};

const KEPT = 'Nothing committed is affected: the next run keeps the pages before that place and asks for the others again.';

/** Segments that no checkpoint has sealed yet: each page in them vouches for itself. */
const checkOpenSegments = async (subject: Subject, folder: string, checkpoint: Checkpoint, findings: Findings): Promise<void> => {
  const sealed = new Set(checkpoint.segments.map(({ n }) => segmentName(n)));
  for (const name of await namesIn(subject, folder)) {
    if (!name.startsWith('seg-') || sealed.has(name)) continue;
    const path = `${folder}/${name}`;
    const refused = new Findings();
    const found = await withFile(subject, path, refused, KEPT, wholePages);
    for (const { what } of refused.all) findings.note('journal', path, what, KEPT);
    if (found !== undefined && found.end < found.size) findings.note('journal', path, `from byte ${String(found.end)} on it holds no whole page: a kill tore it, or it was changed`, KEPT);
  }
};

/**
 * Looks at unfinished work: checkpoints that do not fit their hash, sealed segments that changed, pages that are not whole, journals that a run set aside.
 *
 * @param isRunning whether a run is under way: the page that it writes at this moment is then no finding.
 */
export const checkJournals = async (subject: Subject, isWanted: (partition: string) => boolean, findings: Findings, isRunning = false): Promise<void> => {
  for (const attempt of await namesIn(subject, '_journal')) {
    const folder = `_journal/${attempt}`;
    if (attempt.endsWith('.damaged')) {
      findings.note('journal', folder, 'a run found this journal damaged and set it aside', 'Delete the folder once you no longer want to look into it: its partition was asked for anew.');
      continue;
    }
    const bytes = await readIfThere(subject, `${folder}/checkpoint.json`);
    if (bytes === undefined) continue;
    const checkpoint = decodeCheckpoint(bytes);
    if (checkpoint === undefined) findings.note('journal', `${folder}/checkpoint.json`, 'it is damaged: its hash does not fit', REMEDY);
    else if (isWanted(checkpoint.partition)) {
      await checkSegments(subject, folder, checkpoint, findings);
      if (!isRunning) await checkOpenSegments(subject, folder, checkpoint, findings);
    }
  }
};
