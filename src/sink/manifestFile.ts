import { createHash } from 'node:crypto';
import * as z from 'zod';
import { FORMATS, SOURCE_KINDS } from '../model/job.js';
import type { Manifest } from '../model/manifest.js';
import { TABLE_NAMES } from '../model/table.js';

const Hash = z.string().regex(/^[0-9a-f]{64}$/, 'is no SHA-256');
const Count = z.int().min(0);
const Instant = z.iso.datetime();
/** A path that stays where it is: no segment is empty, hidden or a way up. */
const Path = z.string().regex(/^(?:[^./\\\0][^/\\\0]*\/)*[^./\\\0][^/\\\0]*$/, 'is no plain path');
const Key = z.tuple([z.string().nullable(), z.string()]).nullable();

const File = z.object({
  table: z.enum(TABLE_NAMES),
  format: z.enum(FORMATS),
  path: Path,
  publishedAs: Path,
  bytes: Count,
  sha256: Hash,
  rows: Count,
  minKey: Key,
  maxKey: Key,
});

const Changes = z.object({ changed: Count, appeared: Count, vanished: Count });

const Counts = z.object({
  pages: Count,
  fetched: Count,
  unique: Count,
  duplicates: Count,
  refetched: Count,
  outsideWindow: Count,
  open: Count,
  withAttributes: Count,
  rejects: Count,
  replacedText: Count,
  // Absent before it was counted.
  repeatedKeys: Count.default(0),
  rows: z.partialRecord(z.enum(TABLE_NAMES), Count),
  sourceTotal: Count.nullable(),
});

/** Fields that a later version adds are let through unread. */
const Shape: z.ZodType<Manifest> = z.object({
  formatVersion: z.literal(1),
  job: z.string(),
  partition: z.string(),
  window: z.object({ from: Instant, to: Instant }),
  version: z.int().positive(),
  commitId: z.string().min(1),
  attemptId: z.string().min(1),
  prevSha256: Hash.nullable(),
  source: z.enum(SOURCE_KINDS),
  sourceAsOf: z.object({ at: Instant, origin: z.enum(['availability', 'date-header']) }),
  requestHash: z.string(),
  schemaHash: z.string(),
  rowsHash: z.string(),
  state: z.enum(['settled', 'provisional']),
  files: z.array(File),
  counts: Counts,
  rejects: z.object({ path: Path, bytes: Count, sha256: Hash }).nullable(),
  supersedes: z.object({ version: z.int().positive(), changes: z.partialRecord(z.enum(TABLE_NAMES), Changes).nullable().optional() }).nullable(),
  openIds: z.array(z.string().min(1)).nullable().optional(),
  exporterVersion: z.string(),
});

/** A manifest as it lies on disk. */
export interface StoredManifest {
  readonly manifest: Manifest;
  /** Of the whole file: what the next version's `prevSha256` is. */
  readonly sha256: string;
}

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

const NEWLINE = 0x0a;
/** The last line: 64 digits and a line end. */
const TRAILER = 65;

/**
 * A manifest's file.
 *
 * Shape: the manifest as JSON on one line; then one line, the SHA-256 (lower-case hex) of every byte before that line. UTF-8, `\n` line ends.
 * The hash makes a flipped byte or a cut show by itself, the newest version's as well, which no later version vouches for.
 * @throws ZodError where the manifest is not one: our bug.
 */
export const encodeManifest = (manifest: Manifest): Uint8Array<ArrayBuffer> => {
  const body = `${JSON.stringify(Shape.parse(manifest))}\n`;
  return new TextEncoder().encode(`${body}${sha256(body)}\n`);
};

const parsed = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    // Neither message is fit to be shown: a SyntaxError quotes the text.
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
};

/** Reads a manifest's file; a text says what is wrong with it, as the end of a sentence. */
export const decodeManifest = (bytes: Uint8Array): StoredManifest | string => {
  const cut = bytes.length - TRAILER;
  if (cut < 1 || bytes[cut - 1] !== NEWLINE || bytes[bytes.length - 1] !== NEWLINE) return 'it is cut off';
  const body = bytes.subarray(0, cut);
  if (sha256(body) !== Buffer.from(bytes.subarray(cut, -1)).toString('latin1')) return 'its content does not fit the hash in its last line';
  const result = Shape.safeParse(parsed(body));
  if (!result.success) return `${result.error.issues[0]?.path.join('.') || 'it'} is not what a manifest has there`;
  return { manifest: result.data, sha256: sha256(bytes) };
};
