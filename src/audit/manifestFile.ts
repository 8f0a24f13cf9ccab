import { createHash } from 'node:crypto';
import * as z from 'zod';
import { FORMATS, SOURCE_KINDS } from '../model/job.js';
import type { Manifest } from '../model/manifest.js';
import { TABLE_NAMES } from '../model/table.js';
import { parsedJson } from './parsedJson.js';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();
const Instant = z.iso.datetime();
const Key = z.tuple([z.string().nullable(), z.string()]).nullable();

const File = z.object({
  table: z.enum(TABLE_NAMES),
  format: z.enum(FORMATS),
  path: z.string(),
  publishedAs: z.string(),
  bytes: count,
  sha256: Sha256,
  rows: count,
  minKey: Key,
  maxKey: Key,
});

const Changes = z.object({ changed: count, appeared: count, vanished: count });

const Counts = z.object({
  pages: count,
  fetched: count,
  unique: count,
  duplicates: count,
  refetched: count,
  outsideWindow: count,
  open: count,
  withAttributes: count,
  rejects: count,
  replacedText: count,
  // Absent before it was counted.
  repeatedKeys: count.default(0),
  rows: z.partialRecord(z.enum(TABLE_NAMES), count),
  sourceTotal: count.nullable(),
});

/** Why not strict: fields that a later version adds are no defect of the ones that are known. */
const ManifestShape: z.ZodType<Manifest> = z.object({
  formatVersion: z.literal(1),
  job: z.string(),
  partition: z.string(),
  window: z.object({ from: Instant, to: Instant }),
  version: z.int().positive(),
  commitId: z.string().min(1),
  attemptId: z.string().min(1),
  prevSha256: Sha256.nullable(),
  source: z.enum(SOURCE_KINDS),
  sourceAsOf: z.object({ at: Instant, origin: z.enum(['availability', 'date-header']) }),
  requestHash: z.string(),
  schemaHash: z.string(),
  rowsHash: z.string(),
  state: z.enum(['settled', 'provisional']),
  files: z.array(File),
  counts: Counts,
  rejects: z.object({ path: z.string(), bytes: count, sha256: Sha256 }).nullable(),
  supersedes: z.object({ version: z.int().positive(), changes: z.partialRecord(z.enum(TABLE_NAMES), Changes).nullable().optional() }).nullable(),
  openIds: z.array(z.string().min(1)).nullable().optional(),
  exporterVersion: z.string(),
});

/** A manifest as it lies on disk. */
export interface ReadManifest {
  readonly manifest: Manifest;
  /** Of the whole file: what the next version's `prevSha256` must be. */
  readonly sha256: string;
}

const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

const NEWLINE = 0x0a;

/**
 * Decodes a manifest file; a text says why it cannot be.
 *
 * Shape: JSON, then one line with the SHA-256 of every byte before that line. Source: sink/manifestFile.ts.
 */
export const decodeManifest = (bytes: Uint8Array): ReadManifest | string => {
  const end = bytes.length - 1;
  const cut = bytes.lastIndexOf(NEWLINE, end - 1) + 1;
  if (end < 1 || bytes[end] !== NEWLINE || cut === 0) return 'it is cut off';
  const content = bytes.subarray(0, cut);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  if (sha256(content) !== decoder.decode(bytes.subarray(cut, end))) return 'its content does not fit the hash in its last line';
  const parsed = ManifestShape.safeParse(parsedJson(decoder.decode(content)));
  if (!parsed.success) return `${parsed.error.issues[0]?.path.join('.') ?? 'it'} is not what a manifest has there`;
  return { manifest: parsed.data, sha256: sha256(bytes) };
};
