import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { parseJob } from '../../src/config/job.js';
import type { Reading } from '../../src/config/reading.js';
import { parseSettings } from '../../src/config/settings.js';
import { anyJson, damaged, fuzzTarget, type FuzzTarget } from './fuzzTarget.js';
import { anyText } from '../support/anyText.js';

const CANARY = 'canary-secret-2c7e';
const ENV = { GENESYS_CLIENT_ID: 'id', GENESYS_CLIENT_SECRET: CANARY, ANY: '3' };
const shipped = (path: string): Uint8Array => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)));

const JOB_KEYS = ['source', 'kind', 'pageSize', 'filters', 'start', 'window', 'timezone', 'settle', 'lookback', 'tables', 'formats', 'parquet', 'engine', 'compression', 'rowGroupRows', 'csv', 'participants', 'purposes', 'which', 'schedule', 'cron', 'concurrency', 'completeness', 'onBadRecord'];
const CONFIG_KEYS = ['genesys', 'environment', 'baseUrl', 'loginUrl', 'clientId', 'clientSecret', 'clients', 'http', 'requestsPerMinute', 'budgetShare', 'timeout', 'maxAttempts', 'proxy', 'output', 'root', 'fileMode', 'dirMode'];
const YAML_PARTS = ['a:', '- ', '&x ', '*x', '!!binary ', '<<: ', '"', "'", '|', '>', '{', '}', '[', ']', '#', '\n', '  ', '\t', '${ANY}', '${NONE}', '${', '---', '%YAML 9', ': '];

const textOf = (file: string, keys: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    damaged(shipped(file)).map((bytes) => new TextDecoder().decode(bytes)),
    fc.dictionary(fc.constantFrom(...keys), anyJson(...keys, '${ANY}'), { maxKeys: 6 }).map((value) => JSON.stringify(value)),
    fc.dictionary(fc.constantFrom(...keys), anyJson(...keys), { maxKeys: 6 }).map((value) => stringify(value)),
    fc.array(fc.constantFrom(...YAML_PARTS, ...keys), { maxLength: 14 }).map((parts) => parts.join('')),
    anyText(80),
  );

/** Something usable, or problems that each have a place and words; never a secret. */
const readsWell = (reading: Reading<unknown>): void => {
  if ('value' in reading) return;
  assert.ok(reading.problems.length > 0);
  for (const { where, what } of reading.problems) assert.ok(where !== '' && what !== '' && !`${where} ${what}`.includes(CANARY), `${where}: ${what}`);
};

/** The two files that people write. */
export const CONFIGURATION: readonly FuzzTarget[] = [
  fuzzTarget('config.yaml', textOf('config.yaml', CONFIG_KEYS), async (text) => {
    readsWell(await parseSettings({ text, file: 'config.yaml', folder: '/nowhere', env: ENV, output: undefined }));
  }, 2),
  fuzzTarget('jobs/*.yaml', textOf('jobs/nightly.yaml', JOB_KEYS), (text) => {
    readsWell(parseJob({ text, file: 'jobs/any.yaml', name: 'any', env: ENV }));
  }, 2),
];
