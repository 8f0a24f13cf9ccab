import { FORMATS } from '../model/job.js';
import { TABLE_NAMES } from '../model/table.js';
import { checkDataFiles, type SoundFile } from './dataFiles.js';
import type { Checked } from './finding.js';
import { Findings } from './findings.js';
import { readChain, type Chain } from './manifestChain.js';
import { checkPublishedPartition } from './publishedTree.js';
import type { Subject } from './subject.js';
import { checkTableRows } from './tableRows.js';

/** One partition, looked at. */
export interface VerifiedPartition {
  readonly chain: Chain;
  readonly checked: Omit<Checked, 'partitions'>;
  readonly findings: Findings;
}

/** A run that commits while we look makes what we read outdated; it takes a fresh look, and so often at most. */
const LOOKS = 3;

const lookOnce = async (subject: Subject, partition: string): Promise<VerifiedPartition> => {
  const findings = new Findings();
  const chain = await readChain(subject, partition, findings);
  const checked = { files: 0, bytes: 0, rows: 0 };
  let sound: readonly SoundFile[] = [];
  for (const manifest of chain.manifests) {
    const isCurrent = manifest === chain.current;
    const result = await checkDataFiles(subject, manifest, isCurrent, findings);
    checked.files += result.files;
    checked.bytes += result.bytes;
    if (isCurrent) sound = result.sound;
  }
  if (chain.current === undefined) return { chain, checked, findings };
  for (const format of FORMATS) {
    for (const table of TABLE_NAMES) {
      const files = sound.filter(({ entry }) => entry.format === format && entry.table === table);
      if (files.length > 0) checked.rows += await checkTableRows(subject, { manifest: chain.current, format, table, files }, findings);
    }
  }
  await checkPublishedPartition(subject, chain.current, sound, findings);
  return { chain, checked, findings };
};

/** Proves one partition: its manifests, its files, their rows, its published tree. */
export const verifyPartition = async (subject: Subject, partition: string): Promise<VerifiedPartition> => {
  let found = await lookOnce(subject, partition);
  for (let look = 1; look < LOOKS && found.findings.hasErrors; look++) {
    const now = await readChain(subject, partition, new Findings());
    if (now.current?.commitId === found.chain.current?.commitId) break;
    found = await lookOnce(subject, partition);
  }
  return found;
};
