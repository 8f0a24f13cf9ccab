import { FORMATS } from '../model/job.js';
import { isPartitionPath } from '../model/partition.js';
import { TABLE_NAMES } from '../model/table.js';
import type { Findings } from './findings.js';
import { isHidden } from './hiddenName.js';
import { lookAt, namesIn, type Subject } from './subject.js';

/** What the walk needs to know of partitions. */
export interface KnownPartitions {
  /** Whether the partition has a manifest, damaged or not: its folders are then compared with it elsewhere. */
  has(partition: string): boolean;
  /** Whether the audit is about it. */
  isWanted(partition: string): boolean;
}

const REMEDY = 'Move it out of the job’s folder: no manifest knows it.';

/** Looks through one table's folder for what no manifest accounts for. */
const walkTable = async (subject: Subject, folder: string, known: KnownPartitions, findings: Findings): Promise<void> => {
  const stray = (path: string, what: string): void => {
    findings.error('stray-published', path, what, REMEDY);
  };
  const visit = async (partition: string): Promise<void> => {
    const path = `${folder}/${partition}`;
    const facts = await lookAt(subject, path);
    if (facts === undefined) return;
    if (facts.kind !== 'folder') {
      stray(path, `it is a ${facts.kind} where a partition's folder belongs`);
      return;
    }
    for (const name of await namesIn(subject, path)) {
      const isHour = isPartitionPath(`${partition}/${name}`);
      if (isHour) await visit(`${partition}/${name}`);
      else if (!known.has(partition) && known.isWanted(partition) && !isHidden(name)) stray(`${path}/${name}`, 'it is published, and the partition has no manifest: it was never committed');
    }
  };
  for (const name of await namesIn(subject, folder)) {
    if (isHidden(name)) continue;
    if (isPartitionPath(name)) await visit(name);
    else stray(`${folder}/${name}`, 'it is no partition, and readers of the published tree may count its rows');
  }
};

/** Reports whatever lies in the published tree outside the folders of known partitions. */
export const findPublishedStrays = async (subject: Subject, known: KnownPartitions, findings: Findings): Promise<void> => {
  const formats: readonly string[] = FORMATS;
  const tables: readonly string[] = TABLE_NAMES;
  for (const format of await subject.files.list(subject.jobFolder)) {
    if (isHidden(format)) continue;
    if (!formats.includes(format)) {
      findings.error('stray-published', format, 'it is no format’s folder', REMEDY);
      continue;
    }
    for (const table of await namesIn(subject, format)) {
      if (isHidden(table)) continue;
      if (tables.includes(table)) await walkTable(subject, `${format}/${table}`, known, findings);
      else findings.error('stray-published', `${format}/${table}`, 'it is no table’s folder', REMEDY);
    }
  }
};
