import { createHash } from 'node:crypto';
import type { FileOps } from '../../src/model/files.js';
import type { Format } from '../../src/model/job.js';
import type { Manifest, ManifestFile } from '../../src/model/manifest.js';
import type { TableName } from '../../src/model/table.js';
import { dataFileName, dataFolder, publishedPath } from '../../src/sink/layout.js';

/** A manifest of an empty day, with whatever is to be otherwise. */
export const aManifest = (change: Partial<Manifest> = {}): Manifest => ({
  formatVersion: 1,
  job: 'nightly',
  partition: 'dt=2026-01-05',
  window: { from: '2026-01-05T00:00:00.000Z', to: '2026-01-06T00:00:00.000Z' },
  version: 1,
  commitId: 'c1',
  attemptId: 'a1',
  prevSha256: null,
  source: 'job-cursor',
  sourceAsOf: { at: '2026-02-01T00:00:00.000Z', origin: 'availability' },
  requestHash: 'r',
  schemaHash: 's',
  rowsHash: 'h',
  state: 'settled',
  files: [],
  counts: { pages: 1, fetched: 0, unique: 0, duplicates: 0, refetched: 0, outsideWindow: 0, open: 0, withAttributes: 0, rejects: 0, replacedText: 0, repeatedKeys: 0, rows: {}, sourceTotal: null },
  rejects: null,
  supersedes: null,
  exporterVersion: '0.0.0',
  ...change,
});

/** What a data file is to hold and where it belongs. */
export interface DataFile {
  readonly partition?: string;
  readonly attemptId?: string;
  readonly table?: TableName;
  readonly format?: Format;
  readonly part?: number;
  readonly content: string;
}

/** Puts a data file into a job's folder and gives the manifest's entry of it; the content need not be of the format. */
export const putData = async (files: FileOps, jobFolder: string, file: DataFile): Promise<ManifestFile> => {
  const { partition = 'dt=2026-01-05', attemptId = 'a1', table = 'conversations', format = 'parquet', part = 0, content } = file;
  const bytes = new TextEncoder().encode(content);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const folder = dataFolder(partition);
  const path = `${folder}/${dataFileName(attemptId, table, part, sha256, format)}`;
  await files.makeFolder(`${jobFolder}/${folder}`);
  const open = await files.open(`${jobFolder}/${path}`, 'create');
  await open.write(bytes);
  await open.close();
  return { table, format, path, publishedAs: publishedPath(format, table, partition, part), bytes: bytes.length, sha256, rows: 1, minKey: null, maxKey: null };
};
