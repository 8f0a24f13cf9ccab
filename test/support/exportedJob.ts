import { createHash } from 'node:crypto';
import { link, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Format } from '../../src/model/job.js';
import type { Manifest, ManifestFile } from '../../src/model/manifest.js';
import type { Row, Table, TableName } from '../../src/model/table.js';
import { parquetBytes } from './parquetBytes.js';

/** Rows of a table, in one format, in as many files as there are lists. */
export interface TableContent {
  readonly table: Table;
  readonly format: Format;
  readonly parts: readonly (readonly Row[])[];
}

/** What to commit. */
export interface Commit {
  readonly partition: string;
  readonly window: { readonly from: string; readonly to: string };
  readonly contents: readonly TableContent[];
  /** Fields of the manifest to set otherwise than right. */
  readonly change?: Partial<Manifest>;
}

/** A job's folder, made by hand after RELIABILITY section 2: what a sound export looks like, without the exporter. */
export interface ExportedJob {
  readonly name: string;
  readonly folder: string;
  /** Commits the next version of a partition and publishes it; gives its manifest. */
  commit(commit: Commit): Promise<Manifest>;
  path(relative: string): string;
  write(relative: string, content: string | Uint8Array): Promise<void>;
  remove(): Promise<void>;
}

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

const csvCell = (value: unknown): string => {
  if (value === null) return '';
  const text = value instanceof Array ? JSON.stringify(value) : String(value);
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

const csvText = (table: Table, rows: readonly Row[]): string =>
  [table.columns.map((column) => column.name), ...rows.map((row) => row.map((cell, i) => (table.columns[i]?.type === 'timestamp' && cell !== null ? new Date(Number(cell)).toISOString() : cell)))]
    .map((record) => `${record.map(csvCell).join(',')}\n`)
    .join('');

/** A manifest's file. Shape: JSON, then the SHA-256 of what is before. */
export const manifestText = (manifest: Manifest): string => {
  const body = `${JSON.stringify(manifest)}\n`;
  return `${body}${sha256(body)}\n`;
};

interface Head {
  version: number;
  sha256: string | null;
}

/** Makes a job's folder in a fresh temporary folder. */
export const createExportedJob = async (name = 'nightly'): Promise<ExportedJob> => {
  const root = await mkdtemp(join(tmpdir(), 'gcx-exported-'));
  const folder = join(root, name);
  const heads = new Map<string, Head>();
  let attempts = 0;

  const write = async (relative: string, content: string | Uint8Array): Promise<void> => {
    const path = join(folder, relative);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await rm(path, { force: true });
    await writeFile(path, content, { mode: 0o600 });
  };

  const writeParts = async (partition: string, attemptId: string, { table, format, parts }: TableContent): Promise<ManifestFile[]> => {
    const files: ManifestFile[] = [];
    for (const [n, rows] of parts.entries()) {
      const bytes = format === 'csv' ? new TextEncoder().encode(csvText(table, rows)) : parquetBytes(table.columns, rows);
      const hash = sha256(bytes);
      const number = String(n).padStart(5, '0');
      const path = `_data/${partition}/${attemptId}-${table.name}-${number}-${hash.slice(0, 16)}.${format}`;
      const publishedAs = `${format}/${table.name}/${partition}/part-${number}.${format}`;
      await write(path, bytes);
      await mkdir(dirname(join(folder, publishedAs)), { recursive: true, mode: 0o700 });
      await rm(join(folder, publishedAs), { force: true });
      await link(join(folder, path), join(folder, publishedAs));
      files.push({ table: table.name, format, path, publishedAs, bytes: bytes.length, sha256: hash, rows: rows.length, minKey: null, maxKey: null });
    }
    return files;
  };

  return {
    name,
    folder,
    write,
    path: (relative) => join(folder, relative),
    remove: () => rm(root, { recursive: true, force: true }),
    async commit({ partition, window, contents, change }) {
      const attemptId = String(++attempts).padStart(32, '0');
      const head = heads.get(partition) ?? { version: 0, sha256: null };
      const files: ManifestFile[] = [];
      const rows: Partial<Record<TableName, number>> = {};
      for (const content of contents) {
        files.push(...(await writeParts(partition, attemptId, content)));
        rows[content.table.name] = content.parts.reduce((sum, part) => sum + part.length, 0);
      }
      const manifest: Manifest = {
        formatVersion: 1,
        job: name,
        partition,
        window,
        version: head.version + 1,
        commitId: `commit-${attemptId}`,
        attemptId,
        prevSha256: head.sha256,
        source: 'job-cursor',
        sourceAsOf: { at: '2026-02-01T00:00:00.000Z', origin: 'availability' },
        requestHash: 'r',
        schemaHash: 's',
        rowsHash: attemptId,
        state: 'settled',
        files,
        counts: {
          pages: 1,
          fetched: rows.conversations ?? 0,
          unique: rows.conversations ?? 0,
          duplicates: 0,
          refetched: 0,
          outsideWindow: 0,
          open: 0,
          withAttributes: 0,
          rejects: 0,
          replacedText: 0,
          repeatedKeys: 0,
          rows,
          sourceTotal: null,
        },
        rejects: null,
        supersedes: head.version === 0 ? null : { version: head.version },
        exporterVersion: '0.0.0',
        ...change,
      };
      const text = manifestText(manifest);
      await write(`_manifests/${partition}/${String(head.version + 1).padStart(16, '0')}.json`, text);
      heads.set(partition, { version: head.version + 1, sha256: sha256(text) });
      return manifest;
    },
  };
};
