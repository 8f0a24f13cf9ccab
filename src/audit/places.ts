import type { FileFacts } from '../model/files.js';
import { FORMATS } from '../model/job.js';
import { isPartitionPath } from '../model/partition.js';
import { TABLE_NAMES } from '../model/table.js';
import type { Findings } from './findings.js';
import { lookAt, namesIn, type Subject } from './subject.js';

/** Folders that hold one folder a partition. */
const BY_PARTITION = ['_manifests', '_data', '_rejects'] as const;

/** Folders of a job that hold no partitions. */
const OTHERS = ['_failures', '_journal', '_ledger'] as const;

const report = (path: string, { kind }: FileFacts, findings: Findings): void => {
  if (kind === 'folder') return;
  if (kind === 'symlink') findings.error('not-a-folder', path, 'it is a symbolic link where a folder belongs: a run refuses to write through it', 'Put the folder that it leads to in its place; only the job’s folder, and those above it, may be links.');
  else findings.error('not-a-folder', path, `it is a ${kind} where a folder belongs: a run cannot write there`, 'Move it out of the job’s folder.');
};

/**
 * Reports what stands in the place of a job's folders: symbolic links, which the files behind them hide, files, anything else. Folders that are missing are none.
 *
 * Left out: partitions' folders in the published tree (`findPublishedStrays`).
 */
export const checkPlaces = async (subject: Subject, isWanted: (partition: string) => boolean, findings: Findings): Promise<void> => {
  const check = async (path: string): Promise<void> => {
    const facts = await lookAt(subject, path);
    if (facts !== undefined) report(path, facts, findings);
  };
  for (const format of FORMATS) {
    await check(format);
    // Behind a link there is nothing of ours: it is told once.
    for (const name of await namesIn(subject, format)) if ((TABLE_NAMES as readonly string[]).includes(name)) await check(`${format}/${name}`);
  }
  for (const root of BY_PARTITION) {
    await check(root);
    const inPartitions = async (folder: string): Promise<void> => {
      for (const name of await namesIn(subject, folder)) {
        const path = `${folder}/${name}`;
        const partition = path.slice(root.length + 1);
        if (!isPartitionPath(partition)) continue;
        if (isWanted(partition)) await check(path);
        if (!partition.includes('/')) await inPartitions(path);
      }
    };
    await inPartitions(root);
  }
  for (const root of OTHERS) await check(root);
};
