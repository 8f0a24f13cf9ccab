import { FORMATS } from '../model/job.js';
import { parseInstant } from '../model/instant.js';
import type { Manifest, ManifestFile } from '../model/manifest.js';
import { TABLE_NAMES, type TableName } from '../model/table.js';

const isPlainName = (name: string): boolean => name !== '' && !name.includes('/') && !name.includes('\\') && !name.startsWith('.');

/** Whether the paths lie where the partition's files lie, and so nowhere outside the job's folder. */
const isInPlace = (file: ManifestFile, partition: string): boolean => {
  const data = `_data/${partition}/`;
  const published = `${file.format}/${file.table}/${partition}/`;
  return (
    file.path.startsWith(data) &&
    isPlainName(file.path.slice(data.length)) &&
    file.publishedAs.startsWith(published) &&
    isPlainName(file.publishedAs.slice(published.length))
  );
};

/** Rejected records lie below `_rejects`, as deep as may be. */
const areRejectsInPlace = ({ rejects }: Manifest): boolean =>
  rejects === null || (rejects.path.startsWith('_rejects/') && rejects.path.slice('_rejects/'.length).split('/').every(isPlainName));

const rowsOf = (files: readonly ManifestFile[], table: TableName): number => files.reduce((sum, file) => (file.table === table ? sum + file.rows : sum), 0);

/** Rows that the files sum up to, a format, against the rows that were counted. */
function* countDefects({ files, counts }: Manifest): Generator<string> {
  for (const format of FORMATS) {
    const inFormat = files.filter((file) => file.format === format);
    if (inFormat.length === 0) continue;
    for (const table of TABLE_NAMES) {
      const inFiles = rowsOf(inFormat, table);
      const counted = counts.rows[table] ?? 0;
      if (inFiles !== counted) yield `its ${format} files hold ${String(inFiles)} rows of ${table}, its counts say ${String(counted)}`;
    }
  }
  if (files.length === 0 && Object.values(counts.rows).some((rows) => rows > 0)) yield 'it counts rows and names no file';
  const conversations = counts.rows.conversations;
  if (conversations !== undefined && conversations !== counts.unique) yield `it counts ${String(conversations)} rows of conversations for ${String(counts.unique)} conversations`;
}

/** What a manifest says that cannot be so, by itself and at its place; but for the job it is of. The hash fits: such a file was written wrong, or put there. */
export function* contentDefects(manifest: Manifest, partition: string, version: number): Generator<string> {
  if (manifest.partition !== partition) yield `it is of partition ${JSON.stringify(manifest.partition)}`;
  if (manifest.version !== version) yield `it is version ${String(manifest.version)} by its content`;
  const from = parseInstant(manifest.window.from) ?? Number.NaN;
  const to = parseInstant(manifest.window.to) ?? Number.NaN;
  if (!(from < to)) yield 'its window does not end after it starts';
  const asOf = parseInstant(manifest.sourceAsOf.at) ?? Number.NaN;
  if (manifest.state === 'settled' && !(asOf >= to)) yield 'it calls itself settled, and the source was not yet past the window';
  const misplaced = manifest.files.find((file) => !isInPlace(file, partition));
  if (misplaced !== undefined) yield `it names a file outside its partition's folders (${misplaced.format}, ${misplaced.table})`;
  if (!areRejectsInPlace(manifest)) yield 'it names a file of rejected records outside _rejects';
  if (manifest.counts.rejects > 0 && manifest.rejects === null) yield `it counts ${String(manifest.counts.rejects)} rejected records and names no file of them`;
  for (const places of [manifest.files.map((file) => file.path), manifest.files.map((file) => file.publishedAs)]) {
    if (new Set(places).size !== places.length) yield 'it names the same file twice';
  }
  const { openIds } = manifest;
  if (openIds != null && openIds.length !== manifest.counts.open) yield `it lists ${String(openIds.length)} conversations without an end and counts ${String(manifest.counts.open)}`;
  yield* countDefects(manifest);
}

/** Whether all files that a manifest names lie below the job's folder: the others are not looked at. */
export const isSafe = (manifest: Manifest, partition: string): boolean =>
  areRejectsInPlace(manifest) && manifest.files.every((file) => isInPlace(file, partition));
