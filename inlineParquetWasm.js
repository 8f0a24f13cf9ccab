import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { promisify } from 'node:util';

/*
 * Makes the WebAssembly of parquet-wasm that is shipped: its own, with small functions put where they are called.
 *
 * Why: it is published compiled for size, so that zstd and the dictionaries call a function for every few bytes, which the engine does not undo. What it writes is the same
 * to the byte (a test compares), in seven eighths of the time. Larger functions than these win a little more, and take tens of megabytes to compile.
 */

const SOURCE = 'node_modules/parquet-wasm/esm/parquet_wasm_bg.wasm';
const KEPT = 'node_modules/.cache/gcx';
/** What its compiler uses. Told to use more, the tool writes what Node 20 does not know. */
const FEATURES = ['bulk-memory', 'bulk-memory-opt', 'sign-ext', 'mutable-globals', 'nontrapping-float-to-int', 'reference-types', 'multivalue', 'simd'];
const FLAGS = ['--optimize-level=3', '--shrink-level=0', '--inlining', '--inline-functions-with-loops', '--flexible-inline-max-function-size=60', ...FEATURES.map((name) => `--enable-${name}`)];

/** Path of the file. It takes some seconds to make, and is kept until the package or the flags are others. */
export const inlinedParquetWasm = async () => {
  const hash = createHash('sha256').update(await readFile(SOURCE)).update(FLAGS.join(' ')).digest('hex');
  const path = `${KEPT}/parquet-${hash.slice(0, 16)}.wasm`;
  if (!existsSync(path)) {
    await mkdir(KEPT, { recursive: true });
    const unfinished = `${path}.${String(process.pid)}`;
    await promisify(execFile)(process.execPath, ['node_modules/.bin/wasm-opt', SOURCE, ...FLAGS, '-o', unfinished]);
    await rename(unfinished, path);
  }
  return path;
};
