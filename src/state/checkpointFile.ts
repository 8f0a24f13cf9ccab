import { createHash } from 'node:crypto';
import * as z from 'zod';
import { StateError } from '../model/errors.js';
import type { FileOps } from '../model/files.js';
import type { Position } from '../model/page.js';
import { replaceFile } from './replaceFile.js';

/** The name of a checkpoint in its attempt's folder. */
const CHECKPOINT_NAME = 'checkpoint.json';

const Segment = z.strictObject({ n: z.int().positive(), bytes: z.int().nonnegative(), sha256: z.string(), pages: z.int().nonnegative() });

const CheckpointShape = z.strictObject({
  formatVersion: z.literal(1),
  attemptId: z.string(),
  partition: z.string(),
  requestHash: z.string(),
  sourceAsOf: z.strictObject({ ms: z.number(), origin: z.enum(['availability', 'date-header']) }),
  generation: z.int().nonnegative(),
  position: z.custom<Position>((value) => typeof value === 'object' && value !== null).nullable(),
  ended: z.boolean(),
  /** Pages in the journal when this was written: later pages carry a later position. */
  pages: z.int().nonnegative(),
  segments: z.array(Segment),
});

/** A sealed journal file: never written again. */
export type SealedSegment = z.infer<typeof Segment>;

/**
 * What an attempt knows beside its pages.
 *
 * Shape on disk (`_journal/<attemptId>/checkpoint.json`): one line of JSON, then one line with the SHA-256 of the first, so that any changed byte shows.
 */
export type Checkpoint = z.infer<typeof CheckpointShape>;

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

const NEWLINE = 0x0a;

const encode = (checkpoint: Checkpoint): Uint8Array => {
  const line = JSON.stringify(checkpoint);
  return new TextEncoder().encode(`${line}\n${sha256(line)}\n`);
};

/** Replaces the checkpoint so that a reader after a power cut finds the old one or the new one, whole. */
export const writeCheckpoint = (files: FileOps, folder: string, checkpoint: Checkpoint): Promise<void> =>
  replaceFile(files, folder, CHECKPOINT_NAME, encode(checkpoint));

/** Reads a checkpoint. @throws StateError where it is damaged or missing */
export const readCheckpoint = async (files: FileOps, folder: string): Promise<Checkpoint> => {
  const path = `${folder}/${CHECKPOINT_NAME}`;
  const damaged = (what: string): StateError =>
    new StateError(`${path}: ${what}`, { remedy: 'It is set aside and the partition is asked for anew; nothing that is committed is touched.' });
  if ((await files.look(path)) === undefined) throw damaged('is missing');
  const bytes = await files.readFile(path);
  // By bytes, not by text: a decoder takes a byte order mark off, and many bytes for the same character.
  const line = bytes.subarray(0, Math.max(0, bytes.indexOf(NEWLINE)));
  if (Buffer.from(bytes.subarray(line.length)).toString('latin1') !== `\n${sha256(line)}\n`) throw damaged('is damaged: its hash does not fit');
  const parsed = CheckpointShape.safeParse(JSON.parse(new TextDecoder().decode(line)));
  if (!parsed.success) throw damaged('is of another format');
  return parsed.data;
};
