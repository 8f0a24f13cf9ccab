import { FORMATS } from '../model/job.js';
import type { FileFacts } from '../model/files.js';
import type { Manifest, ManifestFile } from '../model/manifest.js';
import { TABLE_NAMES } from '../model/table.js';
import { checkMode, withFile, type SoundFile } from './dataFiles.js';
import { hashFile } from './fileHash.js';
import type { Findings } from './findings.js';
import { isHidden } from './hiddenName.js';
import { exportAgain, publishAgain } from './remedies.js';
import { lookAt, namesIn, type Subject } from './subject.js';

/** The same file by another name, or a copy with the same bytes. */
const checkPublished = async (subject: Subject, manifest: Manifest, entry: ManifestFile, data: FileFacts | undefined, findings: Findings): Promise<void> => {
  const path = entry.publishedAs;
  const again = `${publishAgain(subject, manifest.partition)}: it publishes the partition again.`;
  const repair = `Run ${again}`;
  const replace = `Delete it, then run ${again}`;
  const facts = await lookAt(subject, path);
  if (facts === undefined) {
    findings.error('published-missing', path, 'it is missing: readers of the published tree lack its rows', repair);
    return;
  }
  if (facts.kind !== 'file') {
    findings.error('published-differs', path, `it is a ${facts.kind}, not a file`, `Remove it, then run ${again}`);
    return;
  }
  checkMode(subject, path, facts, findings);
  // A hard link to a file that is known to be sound, or found out to be damaged already.
  if (data !== undefined && facts.inode === data.inode) return;
  const actual = await withFile(subject, path, findings, replace, (file) => hashFile(file, subject.signal));
  if (actual !== undefined && actual.sha256 !== entry.sha256) findings.error('published-differs', path, 'its content is not that of the current version', replace);
};

/** Files that lie in a partition's published folders, whatever the format and table. */
const publishedFiles = async (subject: Subject, partition: string): Promise<string[]> => {
  const found: string[] = [];
  for (const format of FORMATS) {
    for (const table of TABLE_NAMES) {
      const folder = `${format}/${table}/${partition}`;
      for (const name of await namesIn(subject, folder)) {
        // The hours of a day are partitions of their own.
        if (!partition.includes('/') && name.startsWith('hr=')) continue;
        found.push(`${folder}/${name}`);
      }
    }
  }
  return found;
};

/**
 * Compares a partition's published files with its current version: each is there and the same, and there is no other.
 *
 * Why a stray file is an error: a reader that globs counts its rows twice, or rows that were never committed.
 */
export const checkPublishedPartition = async (subject: Subject, manifest: Manifest, sound: readonly SoundFile[], findings: Findings): Promise<void> => {
  const inodes = new Map(sound.map(({ entry, facts }) => [entry.path, facts]));
  const expected = new Set<string>();
  for (const entry of manifest.files) {
    expected.add(entry.publishedAs);
    const data = inodes.get(entry.path) ?? (await lookAt(subject, entry.path));
    await checkPublished(subject, manifest, entry, data, findings);
  }
  for (const path of await publishedFiles(subject, manifest.partition)) {
    if (expected.has(path)) continue;
    if (isHidden(path.slice(path.lastIndexOf('/') + 1))) findings.note('leftover', path, 'a temporary file that an interrupted run left behind; readers skip it', `Delete it while no run of this job is under way.`);
    else findings.error('stray-published', path, 'the current version does not name it, and readers of the published tree count its rows', `Move it away, or run ${exportAgain(subject, manifest.partition)}: it publishes the partition again.`);
  }
};
