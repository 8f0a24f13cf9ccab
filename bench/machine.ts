import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { measure, repositoryPath } from './childProcess.js';

const PACKAGES = ['undici', 'apache-arrow', 'parquet-wasm', 'parquetjs-lite', '@duckdb/node-api'] as const;

const versionOf = (name: string): string => (JSON.parse(readFileSync(repositoryPath(`node_modules/${name}/package.json`), 'utf8')) as { version: string }).version;

/** The machine, the versions, the commit and the day, as Markdown lines. */
export const describeMachine = async (): Promise<string> => {
  const { stdout: commit } = await measure('git', ['-C', repositoryPath('.'), 'describe', '--always', '--dirty']);
  return [
    `- ${new Date().toISOString().slice(0, 10)}, commit ${commit.trim()}`,
    `- ${String(cpus().length)} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${(totalmem() / 1024 ** 3).toFixed(0)} GiB, ${type()} ${release()}`,
    `- Node ${process.versions.node}, ${PACKAGES.map((name) => `${name} ${versionOf(name)}`).join(', ')}`,
  ].join('\n');
};
