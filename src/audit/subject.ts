import type { FileOps } from '../model/files.js';
import type { Table, TableName } from '../model/table.js';

/** The job whose files are audited. */
export interface Subject {
  readonly files: FileOps;
  /** The job's name, for remedies. */
  readonly job: string;
  /** `<root>/<job>`. */
  readonly jobFolder: string;
  readonly tables: Readonly<Record<TableName, Table>>;
  /** Permission bits that files and folders should have; absent: not looked at. */
  readonly modes?: { readonly fileMode: number; readonly dirMode: number };
  readonly signal?: AbortSignal;
}

/** The absolute path of a path relative to the job's folder. */
export const absolute = (subject: Subject, path: string): string => `${subject.jobFolder}/${path}`;

/** Names in a folder, by its path relative to the job's; empty where there is no folder, whatever else there is. */
export const namesIn = async (subject: Subject, folder: string): Promise<readonly string[]> => {
  const path = absolute(subject, folder);
  return (await subject.files.look(path))?.kind === 'folder' ? subject.files.list(path) : [];
};
