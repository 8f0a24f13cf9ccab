import { randomBytes } from 'node:crypto';
import type { FileOps } from '../model/files.js';
import type { Job } from '../model/job.js';
import type { Table } from '../model/table.js';
import type { LaneParts } from '../run/laneWork.js';
import { conversationParts } from '../extract/conversationParts.js';
import { PageExtractor } from '../extract/extractPage.js';
import { TABLES } from '../extract/tables.js';
import { encodeLooks } from '../sink/encodeLooks.js';
import { createNodeFiles } from '../sink/nodeFiles.js';
import { dataFileName, dataFolder } from '../sink/layout.js';
import { createOpenRowFile } from '../sink/openRowFile.js';
import { decodePage } from '../source/page/decodePage.js';

/** What the parts of a lane are made from. */
export interface LaneFacts {
  readonly job: Job;
  readonly jobFolder: string;
  readonly fileMode: number;
  readonly dirMode: number;
}

/** What a lane thread is started with: survives the passage between threads. */
export interface LaneData {
  readonly facts: LaneFacts;
  /** Flags of the engine that it sets first (laneTuning.ts). */
  readonly flags: readonly string[];
}

/** The declarations of a job's tables, in its order. */
export const tablesOf = (job: Pick<Job, 'tables'>): readonly Table[] => job.tables.map((name) => TABLES[name]);

/** Names the concrete parts of a lane, for a thread of its own or this one. */
export const laneParts = ({ job, jobFolder, fileMode, dirMode }: LaneFacts, files: FileOps = createNodeFiles({ fileMode, dirMode, readsBlock: true })): LaneParts => {
  const tables = tablesOf(job);
  const parts = conversationParts(tables, job.participants);
  return {
    job,
    jobFolder,
    tables,
    files,
    openRowFile: createOpenRowFile(files, () => randomBytes(16).toString('hex')),
    decode: (body, kind, label, sink) => decodePage(body, kind, label, parts, sink),
    extractor: new PageExtractor(tables, job.participants),
    dataPath: ({ attemptId, partition, table, format, part, sha256 }) => `${dataFolder(partition)}/${dataFileName(attemptId, table, part, sha256, format)}`,
    dataFolder,
    encodeLooks,
  };
};
