import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { initSync } from 'parquet-wasm/esm';
import { withMemoryFor } from '../model/noMemory.js';

export { Compression, Table, writeParquet, WriterPropertiesBuilder, type WriterProperties } from 'parquet-wasm/esm';

/** Made when the program is built (inlineParquetWasm.js): faster, and writes the same bytes. Run from its sources, the program takes the package's own. */
const BUILT = fileURLToPath(new URL('./parquet.wasm', import.meta.url));

// Threads that load the same bytes share what they are compiled to.
withMemoryFor('the Parquet writer', () => initSync({ module: readFileSync(existsSync(BUILT) ? BUILT : createRequire(import.meta.url).resolve('parquet-wasm/esm/parquet_wasm_bg.wasm')) }));
