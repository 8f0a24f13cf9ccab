import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { measure, repositoryPath, type Usage } from './childProcess.js';

/** A run of the built command. */
export interface ExportCommand {
  /** Fresh folder for configuration and output. */
  readonly folder: string;
  readonly baseUrl: string;
  /** Content of the job file. */
  readonly job: object;
  readonly from: string;
  readonly to: string;
  readonly concurrency?: number;
  readonly nodeArgs?: readonly string[];
}

/** Writes config.yaml and jobs/bench.yaml, and runs `gcx backfill bench` in a process of its own. */
export const runExport = async ({ folder, baseUrl, job, from, to, concurrency, nodeArgs = [] }: ExportCommand): Promise<Usage> => {
  await mkdir(join(folder, 'jobs'), { recursive: true });
  await writeFile(join(folder, 'config.yaml'), stringify({ genesys: { baseUrl, clientId: 'demo', clientSecret: 'demo' }, http: { requestsPerMinute: 100_000 }, output: { root: 'output' } }));
  await writeFile(join(folder, 'jobs', 'bench.yaml'), stringify(job));
  const more = concurrency === undefined ? [] : ['--concurrency', String(concurrency)];
  return measure(process.execPath, [...nodeArgs, repositoryPath('dist/main.js'), 'backfill', 'bench', '--from', from, '--to', to, '--json', '--config', join(folder, 'config.yaml'), ...more], { cwd: folder });
};
