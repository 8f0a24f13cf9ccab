import { mkdir, writeFile } from 'node:fs/promises';
import { beforeAll, expect, it } from 'vitest';
import { PageExtractor } from '../../src/extract/extractPage.js';
import { TABLES } from '../../src/extract/tables.js';
import { encodeBlock } from '../../src/model/columns/blockCodec.js';
import { columnKind } from '../../src/model/columns/columnKind.js';
import { GatherMemory } from '../../src/model/columns/gather.js';
import type { FileOps, OpenFile } from '../../src/model/files.js';
import { createMemoryPool } from '../../src/model/memoryPool.js';
import { BlockReader } from '../../src/run/blockReader.js';
import { BlockList, type BlockPlaces } from '../../src/run/rowOrder.js';
import { TableWriter } from '../../src/run/tableWriter.js';
import { diskFiles } from '../support/diskFiles.js';
import { temporaryFolder } from '../support/temporaryFolder.js';
import { conversationOf } from '../support/wireConversation.js';

const MIB = 1024 * 1024;
/** Pages with a conversation each, and so blocks with a row of each table. */
const BLOCKS = 8000;
const table = TABLES.conversations;
/** What a block takes at the least, whatever its bytes: its columns. */
const LEAST = 512 * table.columns.length;

let blocks: BlockPlaces;
beforeAll(async () => {
  const folder = await temporaryFolder();
  await mkdir(folder, { recursive: true });
  const extractor = new PageExtractor([table], { purposes: 'all', which: 'all' });
  extractor.begin();
  extractor.add(conversationOf({ conversationId: 'c', conversationStart: '2026-01-05T10:00:00.000Z' }));
  const block = Buffer.from(encodeBlock(extractor.finish().block));
  const list = new BlockList();
  for (let n = 0; n < BLOCKS; n++) list.add({ file: `${folder}/seg`, offset: n * block.length });
  await writeFile(`${folder}/seg`, Buffer.concat(Array.from({ length: BLOCKS }, () => block)));
  blocks = list.shared();
});

const readerOf = (files: FileOps = diskFiles): BlockReader => new BlockReader({ files, blocks, tables: 1, table: 0, kinds: table.columns.map(columnKind), memory: createMemoryPool() });

it('counts what a block takes beside its bytes: of thousands with a row each few are cached, and the others are told as held until they are released', async () => {
  const reader = readerOf();
  for (let n = 0; n < BLOCKS; n++) await reader.load(n);
  const cached = Array.from({ length: BLOCKS }, (_, n) => reader.cached(n)).filter((block) => block !== undefined).length;
  expect(cached).toBeGreaterThan(0);
  expect(cached * LEAST).toBeLessThan(4 * MIB);
  expect(reader.heldBytes).toBeGreaterThan((BLOCKS - cached) * LEAST);
  reader.release();
  expect(reader.heldBytes).toBe(0);
  await reader.close();
});

it('a writer copies rows out of such blocks before they take more than it may hold, and writes all of them', async () => {
  let most = 0;
  const watched: FileOps = {
    ...diskFiles,
    open: async (path, mode): Promise<OpenFile> => {
      const file = await diskFiles.open(path, mode);
      const read: OpenFile['read'] = (position, length, into) => {
        most = Math.max(most, reader.heldBytes);
        return file.read(position, length, into);
      };
      return Object.assign(Object.create(file) as OpenFile, { read, close: () => file.close() });
    },
  };
  const reader = readerOf(watched);
  let rows = 0;
  const pairs = Uint32Array.from({ length: BLOCKS * 2 }, (_, i) => (i % 2 === 0 ? i / 2 : 0));
  const order = (async function* () {
    await Promise.resolve();
    yield pairs;
  })();
  await new TableWriter({
    table,
    job: { parquet: { engine: 'arrow', compression: 'zstd', rowGroupRows: 100_000 }, csv: { escapeFormulas: false } },
    reader,
    order,
    memory: new GatherMemory(),
    openFile: () =>
      Promise.resolve({
        write: (batch) => {
          rows += batch.rowCount;
          return Promise.resolve();
        },
        close: () => Promise.resolve({ path: '', rows, bytes: 0, sha256: '' }),
        abort: () => Promise.resolve(),
      }),
    pathOf: () => '',
    folder: '',
  }).write({ table: 'conversations', format: 'parquet' });
  await reader.close();
  expect(rows).toBe(BLOCKS);
  // It was full more than once: the rows alone are a few hundred bytes a block.
  expect(most).toBeGreaterThan(15 * MIB);
  expect(most).toBeLessThan(17 * MIB);
});
