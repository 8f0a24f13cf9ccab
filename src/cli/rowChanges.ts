import { TABLES } from '../extract/tables.js';
import { errnoCode } from '../model/errnoCode.js';
import { SinkError } from '../model/errors.js';
import type { FileOps } from '../model/files.js';
import { FORMATS } from '../model/job.js';
import type { Manifest, ManifestFile, RowChanges, TableChanges } from '../model/manifest.js';
import type { Log } from '../model/ports.js';
import type { TableName } from '../model/table.js';
import type { PartitionPorts } from '../run/partitionPorts.js';

/** Whose versions are compared. */
export interface ComparedVersions {
  readonly files: FileOps;
  /** The job's name and its tables. */
  readonly job: string;
  readonly tables: readonly TableName[];
  /** `<root>/<job>`. */
  readonly folder: string;
  readonly log: Log;
  readonly signal: AbortSignal;
}

const NONE: RowChanges = { changed: 0, appeared: 0, vanished: 0 };

/** A table's files: of formats that hold the same rows, the one that needs no reading of text. */
const filesOf = (files: readonly ManifestFile[], table: TableName): readonly ManifestFile[] => {
  const own = files.filter((file) => file.table === table);
  const format = FORMATS.find((candidate) => own.some((file) => file.format === candidate));
  return own.filter((file) => file.format === format);
};

const contentOf = (files: readonly ManifestFile[]): string => files.map(({ format, sha256 }) => `${format} ${sha256}`).join();

const cannotBeRead = (error: unknown): string | undefined => {
  if (error instanceof SinkError) return error.message;
  const code = errnoCode(error);
  return code?.startsWith('ERR_') === true ? undefined : code;
};

const changesOf = async ({ files, job, folder, signal }: ComparedVersions, table: TableName, before: readonly ManifestFile[], after: readonly ManifestFile[]): Promise<RowChanges> => {
  if (contentOf(before) === contentOf(after)) return NONE;
  const subject = { files, job, jobFolder: folder, tables: TABLES, signal };
  const sides = { here: { subject, files: before }, there: { subject, files: after } };
  // Loaded here: most runs compare nothing.
  const { compareTable } = await import('../audit/compareTable.js');
  const { rows } = await compareTable({ day: '', table: TABLES[table], ...sides, limit: 0, showValues: false, rowsOnly: true });
  return { changed: rows.differing, appeared: rows.onlyThere, vanished: rows.onlyHere };
};

/**
 * Counts how the rows of a new version differ from those of the version before, table by table, by their keys.
 *
 * A table whose files have the same hashes is not read. Memory is bounded as `compareTable` bounds it.
 * Why it never fails: the counts tell; a version whose files are gone or damaged must be replaced all the same.
 */
export const createRowChanges =
  (versions: ComparedVersions): PartitionPorts['rowChanges'] =>
  async (previous: Manifest, files: readonly ManifestFile[]): Promise<TableChanges | null> => {
    const changes: Partial<Record<TableName, RowChanges>> = {};
    try {
      for (const table of versions.tables) {
        if (previous.counts.rows[table] !== undefined) changes[table] = await changesOf(versions, table, filesOf(previous.files, table), filesOf(files, table));
      }
      return changes;
    } catch (error) {
      const reason = cannotBeRead(error);
      if (versions.signal.aborted || reason === undefined) throw error;
      versions.log.warn('the version before cannot be read, what changed is not counted', { partition: previous.partition, reason });
      return null;
    }
  };
