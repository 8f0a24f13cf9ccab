import { ConfigError, InterruptedError } from '../model/errors.js';
import { findDataStrays } from './dataStrays.js';
import { checkFailureRecords } from './failureRecords.js';
import type { Audit } from './finding.js';
import { Findings } from './findings.js';
import { checkJournals } from './journals.js';
import { checkLedger } from './ledgerFiles.js';
import { listPartitions, readChain, type Chain } from './manifestChain.js';
import { checkOverlaps, type Placed } from './overlap.js';
import { checkPlaces } from './places.js';
import { findPublishedStrays } from './publishedStrays.js';
import { absolute, type Subject } from './subject.js';
import { verifyPartition } from './verifyPartition.js';

/** What to audit. */
export interface VerifyOptions extends Subject {
  /** Tells young files from forgotten ones. Units: UTC epoch milliseconds. */
  readonly nowMs: number;
  /** Which partitions (`dt=2026-01-05`, `dt=2026-01-05/hr=13`); absent: all. */
  readonly partitions?: (path: string) => boolean;
}

/** What the partitions' chains say about the job as a whole. */
class Whole {
  readonly #commits = new Map<string, string>();
  readonly referenced = new Set<string>();
  readonly damaged = new Set<string>();
  readonly current: Placed[] = [];

  add(partition: string, chain: Chain, isWanted: boolean, findings: Findings): void {
    if (chain.isDamaged) this.damaged.add(partition);
    if (chain.current !== undefined) this.current.push({ partition, window: chain.current.window });
    for (const manifest of chain.manifests) {
      if (isWanted) for (const { path: named } of [...manifest.files, ...(manifest.rejects === null ? [] : [manifest.rejects])]) this.referenced.add(named);
      const path = `_manifests/${partition}/${String(manifest.version).padStart(16, '0')}.json`;
      const other = this.#commits.get(manifest.commitId);
      this.#commits.set(manifest.commitId, path);
      if (other !== undefined && isWanted) findings.error('manifest-chain', path, `it has the commit id of ${other}`, 'Restore both from a backup: one of the two is a copy.');
    }
  }
}

const audit = async (options: VerifyOptions): Promise<Audit> => {
  const isWanted = options.partitions ?? ((): boolean => true);
  const findings = new Findings();
  const isLocked = async (): Promise<boolean> => (await options.files.look(absolute(options, '_lock'))) !== undefined;
  const wasLocked = await isLocked();
  await checkPlaces(options, isWanted, findings);
  const partitions = await listPartitions(options);
  const checked = { partitions: 0, files: 0, bytes: 0, rows: 0 };
  const whole = new Whole();
  for (const partition of partitions) {
    options.signal?.throwIfAborted();
    if (!isWanted(partition)) {
      // Needed for overlaps and commit ids; what is wrong with it is another audit's finding.
      whole.add(partition, await readChain(options, partition, new Findings()), false, findings);
      continue;
    }
    const found = await verifyPartition(options, partition);
    findings.addAll(found.findings.all);
    checked.partitions++;
    checked.files += found.checked.files;
    checked.bytes += found.checked.bytes;
    checked.rows += found.checked.rows;
    whole.add(partition, found.chain, true, findings);
  }
  checkOverlaps(options, whole.current, isWanted, findings);
  // Partitions that a run committed while we looked have manifests by now.
  const known = new Set([...partitions, ...(await listPartitions(options))]);
  await findPublishedStrays(options, { has: (partition) => known.has(partition), isWanted }, findings);
  const isAccounted = (partition: string): boolean => isWanted(partition) && !whole.damaged.has(partition);
  await findDataStrays(options, whole.referenced, { isWanted: isAccounted }, options.nowMs, findings);
  await checkJournals(options, isWanted, findings, wasLocked);
  await checkFailureRecords(options, findings);
  await checkLedger(options, findings);
  if (wasLocked || (await isLocked())) {
    findings.note('in-progress', '_lock', 'a run held the job’s lock meanwhile: the published tree of a partition that it committed may still have been the old one', 'Verify again when no run is under way. The lock of a run that was killed goes with the next run.');
  }
  return { checked, findings: findings.all };
};

/**
 * Proves that what is on disk is what was committed: every manifest, file, row and published name of a job, read again by other code than wrote it.
 *
 * Reads only. Takes no lock: a partition that a run commits meanwhile is looked at again. Memory is bounded by a row group of key columns and 64 MiB of
 * hashes, whatever the job's size.
 * @throws ConfigError where nothing was exported yet · InterruptedError · the file system's errors where folders cannot be listed
 */
export const verifyJob = async (options: VerifyOptions): Promise<Audit> => {
  const facts = await options.files.look(options.jobFolder);
  if (facts?.kind !== 'folder') {
    throw new ConfigError([{ where: options.jobFolder, what: `there is no such folder: job ${options.job} has exported nothing yet` }], {
      remedy: `Run \`gcx run ${options.job}\` first, or give the folder of an earlier export with --output.`,
    });
  }
  try {
    return await audit(options);
  } catch (error) {
    if (options.signal?.aborted === true && error === options.signal.reason) throw new InterruptedError(`verifying ${options.job} was interrupted`);
    throw error;
  }
};
