import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { repositoryPath } from './childProcess.js';

/** Modules that measured children run. */
const CHILDREN = ['floor', 'readPages', 'parquetjsLoop', 'duckdbPath'] as const;

const FOLDER = repositoryPath('node_modules/.cache/gcx-bench');

/**
 * Turns the measured children's TypeScript into JavaScript, once.
 *
 * Why: a loader that compiles while it is being timed would be part of what is measured.
 */
export const compileChildren = (): void => {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'package.json'), '{"type":"module"}');
  for (const name of CHILDREN) {
    const source = readFileSync(repositoryPath(`bench/${name}.ts`), 'utf8');
    const { outputText } = ts.transpileModule(source, { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 } });
    writeFileSync(join(FOLDER, `${name}.js`), outputText);
  }
};

/** Where a measured child's JavaScript is. */
export const compiledChild = (name: (typeof CHILDREN)[number]): string => join(FOLDER, `${name}.js`);
