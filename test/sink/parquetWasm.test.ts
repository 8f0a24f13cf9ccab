import { cp, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Table as ArrowTable, tableToIPC } from 'apache-arrow';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { inlinedParquetWasm } from '../../inlineParquetWasm.js';
import { arrowBatch, arrowSchema } from '../../src/sink/arrowVectors.js';
import { EVERY_COLUMN, anyRow } from '../support/anyRows.js';
import { everyTable } from '../support/hostileRows.js';
import { batchOf } from '../support/sinkFile.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

type ParquetWasm = typeof import('parquet-wasm/esm');

const PUBLISHED = createRequire(import.meta.url).resolve('parquet-wasm/esm/parquet_wasm_bg.wasm');
const CODECS = ['ZSTD', 'SNAPPY', 'GZIP', 'UNCOMPRESSED'] as const;

/** The package by another binary: a copy of it, as it is one instance a module. */
const load = async (binary: string): Promise<ParquetWasm> => {
  const folder = await temporaryFolder();
  await cp(dirname(PUBLISHED), folder, { recursive: true });
  const parquet = (await import(pathToFileURL(join(folder, 'parquet_wasm.js')).href)) as ParquetWasm;
  parquet.initSync({ module: await readFile(binary) });
  return parquet;
};

let published: ParquetWasm;
let shipped: ParquetWasm;
beforeAll(async () => {
  published = await load(PUBLISHED);
  shipped = await load(await inlinedParquetWasm());
}, 60_000);

const write = (parquet: ParquetWasm, ipc: Uint8Array, codec: (typeof CODECS)[number], dictionary: boolean): Uint8Array =>
  parquet.writeParquet(parquet.Table.fromIPCStream(ipc), new parquet.WriterPropertiesBuilder().setCompression(parquet.Compression[codec]).setDictionaryEnabled(dictionary).build());

const schema = arrowSchema(EVERY_COLUMN);
const ipcOf = (rows: Parameters<typeof batchOf>[1]): Uint8Array => tableToIPC(new ArrowTable(schema, [arrowBatch(schema, batchOf({ ...everyTable, columns: EVERY_COLUMN }, rows))]), 'stream');

describe('the WebAssembly that is shipped', () => {
  it('writes the bytes of the one that the package publishes, whatever the rows, codec and dictionaries', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 60 }), fc.integer({ min: 1, max: 40 }), fc.constantFrom(...CODECS), fc.boolean(), (rows, times, codec, dictionary) => {
        const ipc = ipcOf(Array.from({ length: times }, () => rows).flat());
        expect(Buffer.compare(write(shipped, ipc, codec, dictionary), write(published, ipc, codec, dictionary))).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('writes them for a row group of many pages, too', () => {
    const rows = fc.sample(anyRow, { numRuns: 4_000, seed: 5 });
    const ipc = ipcOf(Array.from({ length: 10 }, () => rows).flat());
    for (const codec of CODECS) expect(Buffer.compare(write(shipped, ipc, codec, true), write(published, ipc, codec, true))).toBe(0);
  });
});
