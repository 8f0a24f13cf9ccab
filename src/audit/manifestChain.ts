import { errnoCode } from '../model/errnoCode.js';
import { parseInstant } from '../model/instant.js';
import type { Manifest, RowChanges } from '../model/manifest.js';
import { isPartitionPath } from '../model/partition.js';
import type { TableName } from '../model/table.js';
import type { Findings } from './findings.js';
import { isHidden } from './hiddenName.js';
import { contentDefects, isSafe } from './manifestContent.js';
import { decodeManifest, type ReadManifest } from './manifestFile.js';
import { exportAgain } from './remedies.js';
import { absolute, namesIn, type Subject } from './subject.js';

/** The versions of a partition that could be read. */
export interface Chain {
  /** From the oldest to the newest. */
  readonly manifests: readonly Manifest[];
  /** The newest version; undefined where it cannot be read, and so nobody can say what is current. */
  readonly current: Manifest | undefined;
  /** Some version could not be read: what it names is not known. */
  readonly isDamaged: boolean;
}

const VERSION = /^(\d{16})\.json$/;

/** Paths of all partitions that have a folder of manifests. */
export const listPartitions = async (subject: Subject): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const day of await namesIn(subject, '_manifests')) {
    if (!isPartitionPath(day)) continue;
    const names = await namesIn(subject, `_manifests/${day}`);
    const hours = names.filter((name) => isPartitionPath(`${day}/${name}`));
    // An empty folder is a crash before the first version: nothing was committed there.
    if (names.some((name) => !isPartitionPath(`${day}/${name}`) && !isHidden(name))) found.push(day);
    for (const hour of hours) found.push(`${day}/${hour}`);
  }
  return found;
};

/** Numbers of the versions in a partition's folder, from 1 without gaps unless reported. */
const listVersions = async (subject: Subject, partition: string, findings: Findings): Promise<number[]> => {
  const versions: number[] = [];
  for (const name of await namesIn(subject, `_manifests/${partition}`)) {
    const path = `_manifests/${partition}/${name}`;
    const match = VERSION.exec(name);
    if (match !== null) versions.push(Number(match[1]));
    else if (isHidden(name)) findings.note('leftover', path, 'a temporary file that an interrupted run left behind', 'Delete it while no run of this job is under way.');
    else if (!isPartitionPath(`${partition}/${name}`)) findings.error('manifest-chain', path, 'it is no manifest', 'Move it out of the folder.');
  }
  return versions.sort((a, b) => a - b);
};

const restore = (subject: Subject, partition: string): string =>
  `Restore it from a backup. Without one: move the folder _manifests/${partition} out of ${subject.jobFolder} and run ${exportAgain(subject, partition)}.`;

const readVersion = async (subject: Subject, path: string): Promise<ReadManifest | string> => {
  try {
    return decodeManifest(await subject.files.readFile(absolute(subject, path)));
  } catch (error) {
    const code = errnoCode(error);
    if (code === undefined) throw error;
    return `it cannot be read (${code})`;
  }
};

/** What must hold between a version and the one before. */
function* linkDefects({ manifest }: ReadManifest, before: ReadManifest): Generator<string> {
  if (manifest.prevSha256 !== before.sha256) yield `version ${String(before.manifest.version)} is not the file that it was made after: its hash is another`;
  const asOf = parseInstant(manifest.sourceAsOf.at) ?? Number.NaN;
  const asOfBefore = parseInstant(before.manifest.sourceAsOf.at) ?? Number.NaN;
  // A mark by another kind of clock says nothing: a data lake is hours behind its server.
  if (manifest.sourceAsOf.origin === before.manifest.sourceAsOf.origin && !(asOf >= asOfBefore)) yield `its source data is older than that of version ${String(before.manifest.version)}`;
  for (const [table, { appeared, vanished }] of Object.entries(manifest.supersedes?.changes ?? {}) as [TableName, RowChanges][]) {
    const rows = (before.manifest.counts.rows[table] ?? 0) + appeared - vanished;
    if (rows !== manifest.counts.rows[table]) yield `its ${table} cannot have come of version ${String(before.manifest.version)} by the rows that it says appeared and vanished`;
  }
}

/** Reads a partition's manifests and checks each by itself and against the one before. */
export const readChain = async (subject: Subject, partition: string, findings: Findings): Promise<Chain> => {
  const manifests: Manifest[] = [];
  let isDamaged = false;
  let before: ReadManifest | undefined;
  let last = 0;
  for (const version of await listVersions(subject, partition, findings)) {
    const path = `_manifests/${partition}/${String(version).padStart(16, '0')}.json`;
    const broken = (kind: 'manifest-chain' | 'manifest-content' | 'manifest-unreadable', what: string): void => {
      findings.error(kind, path, what, restore(subject, partition));
    };
    if (version !== last + 1) {
      broken('manifest-chain', `it follows version ${String(last)}: the versions between are missing`);
      before = undefined;
    }
    const read = await readVersion(subject, path);
    if (typeof read === 'string') {
      broken('manifest-unreadable', read);
      isDamaged = true;
      before = undefined;
    } else {
      if (read.manifest.job !== subject.job) findings.error('manifest-content', path, `it is of job ${JSON.stringify(read.manifest.job)}`, `Where the folder was renamed, rename it and the job’s file back. Else: ${restore(subject, partition)}`);
      for (const what of contentDefects(read.manifest, partition, version)) broken('manifest-content', what);
      if (version === 1 && read.manifest.prevSha256 !== null) broken('manifest-chain', 'it is version 1 and names a version before it');
      if (before !== undefined) for (const what of linkDefects(read, before)) broken('manifest-chain', what);
      if (isSafe(read.manifest, partition)) manifests.push(read.manifest);
      else isDamaged = true;
      before = read;
    }
    last = version;
  }
  const newest = manifests.at(-1);
  return { manifests, current: newest?.version === last ? newest : undefined, isDamaged };
};
