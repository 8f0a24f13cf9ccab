import { columnKind } from '../model/columns/columnKind.js';
import { encodeBlock } from '../model/columns/blockCodec.js';
import type { Block } from '../model/columns/block.js';
import type { ConversationSink } from '../model/conversationSink.js';
import type { DecodedConversations } from '../model/decodedConversations.js';
import { errnoCode } from '../model/errnoCode.js';
import { ExportError, SinkError } from '../model/errors.js';
import type { FileOps } from '../model/files.js';
import type { GatherMemory } from '../model/columns/gather.js';
import type { Format, Job, SourceKind } from '../model/job.js';
import type { EncodeLooks } from '../model/look.js';
import type { DecodedPage } from '../model/page.js';
import type { OpenRowFile } from '../model/rowFile.js';
import type { Table, TableName } from '../model/table.js';
import { BlockReader } from './blockReader.js';
import type { PageContent, TableJob, WrittenPart } from './lanes.js';
import { orderPieces } from './rowOrder.js';
import { TableWriter } from './tableWriter.js';
import { WritingMemory } from './writingMemory.js';

/** The parts a lane is made of. */
export interface LaneParts {
  readonly job: Job;
  /** The job's tables, in its order. */
  readonly tables: readonly Table[];
  readonly files: FileOps;
  readonly jobFolder: string;
  readonly openRowFile: OpenRowFile;
  /** The sink has ended before it first waits for anything. @throws DecodeError */
  decode<T>(body: Uint8Array<ArrayBuffer>, kind: SourceKind, label: string, sink: ConversationSink<T>): Promise<DecodedConversations<T>>;
  /** What it gives holds until its next page begins. */
  readonly extractor: ConversationSink<{ readonly block: Block; readonly replacedText: number }>;
  /** Where a data file goes, relative to the job's folder. */
  dataPath(file: { readonly attemptId: string; readonly partition: string; readonly table: TableName; readonly format: Format; readonly part: number; readonly sha256: string }): string;
  dataFolder(partition: string): string;
  readonly encodeLooks: EncodeLooks;
}

/** What a lane does, on whatever thread. */
export interface LaneWork {
  /** `room`: memory for the block, where it is large enough. */
  decodePage(body: Uint8Array<ArrayBuffer>, kind: SourceKind, label: string, room: ArrayBuffer | undefined): Promise<DecodedPage<PageContent>>;
  writeTable(job: TableJob): Promise<readonly WrittenPart[]>;
  readonly encodeLooks: EncodeLooks;
}

const decodePage = async (parts: LaneParts, body: Uint8Array<ArrayBuffer>, kind: SourceKind, label: string, room: ArrayBuffer | undefined): Promise<DecodedPage<PageContent>> => {
  const { extractor } = parts;
  const encoder: ConversationSink<Pick<PageContent, 'block' | 'rows' | 'replacedText'>> = {
    begin: () => { extractor.begin(); },
    add: (conversation) => { extractor.add(conversation); },
    finish: () => {
      const { block, replacedText } = extractor.finish();
      return { block: encodeBlock(block, room), rows: block.tables.reduce((sum, table) => sum + table.batch.rowCount, 0), replacedText };
    },
  };
  const { envelope, listHash, content, rejects, repeatedKeys } = await parts.decode(body, kind, label, encoder);
  return { envelope, listHash, content: { ...content, rejects, repeatedKeys } };
};

/** What the file system refused while pages were read back; anything else is given back as it is. */
const asSinkError = (error: unknown, { partition, table }: TableJob): unknown => {
  const code = errnoCode(error) ?? '';
  if (error instanceof ExportError || !/^E[A-Z0-9]+$/.test(code)) return error;
  return new SinkError(`${partition} ${table}: its journaled pages cannot be read back (${code})`, { remedy: 'Check the disk and the limit on open files, then run again: what is committed is untouched.', cause: error });
};

const writeTable = async (parts: LaneParts, memory: WritingMemory, tableJob: TableJob): Promise<readonly WrittenPart[]> => {
  const index = parts.tables.findIndex(({ name }) => name === tableJob.table);
  const table = parts.tables[index]!;
  const reader = new BlockReader({ files: parts.files, blocks: tableJob.order.blocks, tables: parts.tables.length, table: index, kinds: table.columns.map(columnKind), memory: memory.blocks });
  const { attemptId, partition, format, piece } = tableJob;
  const write = async (gathered: GatherMemory): Promise<readonly WrittenPart[]> => {
    try {
      return await new TableWriter({
        table,
        job: parts.job,
        reader,
        order: orderPieces(tableJob.order, parts.files),
        memory: gathered,
        openFile: () => parts.openRowFile({ table, format, attemptId, folder: `${parts.jobFolder}/${parts.dataFolder(partition)}`, options: parts.job }),
        // Pieces number their files in turns: none knows how many another has.
        pathOf: (n, sha256) => parts.dataPath({ attemptId, partition, table: table.name, format, part: n * piece.of + piece.index, sha256 }),
        folder: parts.jobFolder,
      }).write(tableJob);
    } finally {
      await reader.close();
    }
  };
  try {
    return await memory.use(tableJob, write);
  } catch (error) {
    throw asSinkError(error, tableJob);
  }
};

/** A lane's work, composed from its parts. */
export const createLaneWork = (parts: LaneParts): LaneWork => {
  const memory = new WritingMemory();
  return {
    decodePage: (body, kind, label, room) => decodePage(parts, body, kind, label, room),
    writeTable: (job) => writeTable(parts, memory, job),
    encodeLooks: (looks) => parts.encodeLooks(looks),
  };
};
