import { errnoCode } from '../model/errnoCode.js';
import type { FileFacts, OpenFile } from '../model/files.js';
import type { Manifest, ManifestFile } from '../model/manifest.js';
import { hashFile } from './fileHash.js';
import type { Findings } from './findings.js';
import { exportAgain } from './remedies.js';
import { absolute, lookAt, type Subject } from './subject.js';

/** A data file that is there and is what its manifest says. */
export interface SoundFile {
  readonly entry: ManifestFile;
  readonly facts: FileFacts;
}

/** Opens a file, does something with it and closes it; undefined where the file system refuses, which is reported. */
export const withFile = async <T>(
  subject: Subject,
  path: string,
  findings: Findings,
  remedy: string,
  work: (file: OpenFile) => Promise<T>,
): Promise<T | undefined> => {
  let file: OpenFile | undefined;
  try {
    file = await subject.files.open(absolute(subject, path), 'read');
    return await work(file);
  } catch (error) {
    const code = errnoCode(error);
    if (code === undefined) throw error;
    findings.error('file-unreadable', path, `it cannot be read (${code})`, remedy);
    return undefined;
  } finally {
    await file?.close();
  }
};

/** Reports permission bits that let others in, beyond what is configured. */
export const checkMode = (subject: Subject, path: string, facts: FileFacts, findings: Findings): void => {
  if (subject.modes === undefined) return;
  const wanted = facts.kind === 'folder' ? subject.modes.dirMode : subject.modes.fileMode;
  if ((facts.mode & 0o777 & ~wanted) === 0) return;
  const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(4, '0');
  findings.note('permissions', path, `its mode is ${octal(facts.mode)}, the configured one ${octal(wanted)}`, `Set it: chmod ${octal(wanted)} ${path}`);
};

/** What the checks of one manifest's files gave. */
export interface DataFilesResult {
  readonly sound: readonly SoundFile[];
  readonly files: number;
  readonly bytes: number;
}

/** A file that a manifest vouches for. */
type Vouched = Pick<ManifestFile, 'path' | 'bytes' | 'sha256'>;

/** Compares one file with what its manifest says; gives what was read of it, and the file's facts where all fits. */
const checkFile = async (
  subject: Subject,
  file: Vouched,
  findings: Findings,
  remedies: { readonly missing: string | undefined; readonly changed: string },
): Promise<{ readonly bytes: number; readonly facts: FileFacts | undefined } | undefined> => {
  const { path } = file;
  const facts = await lookAt(subject, path);
  if (facts === undefined) {
    if (remedies.missing !== undefined) findings.error('file-missing', path, 'it is missing, and the current version names it', remedies.missing);
    return undefined;
  }
  if (facts.kind !== 'file') {
    findings.error('file-changed', path, `it is a ${facts.kind}, not a file`, remedies.changed);
    return undefined;
  }
  checkMode(subject, path, facts, findings);
  const actual = await withFile(subject, path, findings, remedies.changed, (open) => hashFile(open, subject.signal));
  if (actual === undefined) return undefined;
  const sizeFits = actual.bytes === file.bytes;
  const fits = sizeFits && actual.sha256 === file.sha256;
  if (!sizeFits) findings.error('file-changed', path, `it has ${String(actual.bytes)} bytes, its manifest says ${String(file.bytes)}`, remedies.changed);
  else if (!fits) findings.error('file-changed', path, 'its SHA-256 is not the one in its manifest', remedies.changed);
  return { bytes: actual.bytes, facts: fits ? facts : undefined };
};

/**
 * Compares a version's data files, and its file of rejected records, with its manifest: existence, size, hash.
 *
 * A superseded version may have lost its files to retention; what is still there of it must be what it was.
 */
export const checkDataFiles = async (subject: Subject, manifest: Manifest, isCurrent: boolean, findings: Findings): Promise<DataFilesResult> => {
  const again = `Restore the file from a backup, or run ${exportAgain(subject, manifest.partition)}.`;
  const remedies = isCurrent
    ? { missing: again, changed: again }
    : { missing: undefined, changed: 'Delete it: no reader uses it, a later version is current.' };
  const sound: SoundFile[] = [];
  let files = 0;
  let bytes = 0;
  const count = (checked: { readonly bytes: number } | undefined): void => {
    if (checked === undefined) return;
    files++;
    bytes += checked.bytes;
  };
  for (const entry of manifest.files) {
    const checked = await checkFile(subject, entry, findings, remedies);
    count(checked);
    if (checked?.facts !== undefined) sound.push({ entry, facts: checked.facts });
  }
  if (manifest.rejects !== null) count(await checkFile(subject, manifest.rejects, findings, remedies));
  return { sound, files, bytes };
};
