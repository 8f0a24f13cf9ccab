import { errnoCode } from '../model/errnoCode.js';
import type { FileFacts, FileOps } from '../model/files.js';
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

/** What is at a path relative to the job's folder; undefined where nothing is, also where a file stands in the place of a folder above it. */
export const lookAt = async (subject: Subject, path: string): Promise<FileFacts | undefined> => {
  try {
    return await subject.files.look(absolute(subject, path));
  } catch (error) {
    if (errnoCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
};

/** Names in a folder, by its path relative to the job's; empty where there is no folder, whatever else there is. */
export const namesIn = async (subject: Subject, folder: string): Promise<readonly string[]> => {
  return (await lookAt(subject, folder))?.kind === 'folder' ? subject.files.list(absolute(subject, folder)) : [];
};
