import { copyFile, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { build } from 'esbuild';
import { inlinedParquetWasm } from './inlineParquetWasm.js';

/*
 * Makes dist/ from src/: few files instead of some seven hundred, since loading modules one by one was most of what starting took, for the
 * program and again for every lane thread. Entry points: dist/main.js and dist/cli/laneThread.js; what they share, and every `import()`,
 * is a chunk in dist/cli/, as deep as the sources that look for files beside them. Nothing is minified; source maps are beside, and so is parquet.wasm.
 */

/** Loaded from node_modules when first used: WASM and CommonJS that find files beside themselves, and what only some commands need. */
const EXTERNAL = ['parquet-wasm', 'parquetjs-lite', 'pino', 'node-cron', 'cli-progress', 'cli-table3', 'hyparquet-compressors'];

/** What only lays out yargs' own help; see noHelpLayout.js. */
const noHelpLayout = {
  name: 'no-help-layout',
  setup(bundle) {
    bundle.onResolve({ filter: /^(?:cliui|string-width)$/ }, ({ importer }) => (/[\\/]node_modules[\\/]yargs[\\/]/.test(importer) ? { path: resolve('noHelpLayout.js') } : undefined));
  },
};

await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: ['src/main.ts', 'src/cli/laneThread.ts'],
  outbase: 'src',
  outdir: 'dist',
  chunkNames: 'cli/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: EXTERNAL,
  plugins: [noHelpLayout],
  // CommonJS that is bundled asks for Node's own modules only.
  banner: { js: 'const require = process.getBuiltinModule;' },
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
});
await copyFile(await inlinedParquetWasm(), 'dist/cli/parquet.wasm');
