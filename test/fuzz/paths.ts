import assert from 'node:assert/strict';
import { posix } from 'node:path';
import fc from 'fast-check';
import { FORMATS } from '../../src/model/job.js';
import { TABLE_NAMES, type TableName } from '../../src/model/table.js';
import { dataFileName, dataFolder, hiveEscape, isUnder, manifestPath, publishedPath, rejectsPath } from '../../src/sink/layout.js';
import { fuzzTarget, type FuzzTarget } from './fuzzTarget.js';
import { anyText } from '../support/anyText.js';

const name = fc.oneof(anyText(40), fc.constantFrom('', '.', '..', '../..', '/', '/etc/passwd', '\\..\\x', 'a\0b', 'CON', 'x.', ' ', '%2e%2e', '_lock', 'é'.repeat(200), '\ud800'));
const partition = fc.oneof(name, fc.tuple(name, name).map(([day, hour]) => `dt=${day}/hr=${hour}`));

/** Relative to the job's folder, below the folder it belongs in, with no segment that means another place. */
const staysBelow = (folder: string, relative: string): void => {
  const root = '/srv/output/job';
  assert.ok(isUnder(`${root}/${folder}`, `${root}/${relative}`), relative);
  assert.ok(posix.resolve(root, relative).startsWith(`${root}/${folder}`), relative);
  for (const segment of relative.split('/')) assert.ok(segment !== '' && segment !== '.' && segment !== '..', relative);
  assert.doesNotMatch(relative, /[\0\\]/);
};

/** Paths of files, whatever the names that they are made of. */
export const PATHS: readonly FuzzTarget[] = [
  fuzzTarget('layout', fc.tuple(partition, name, name, fc.nat(), fc.oneof(fc.constantFrom(...TABLE_NAMES)), fc.constantFrom(...FORMATS)), ([path, attempt, hash, part, table, format]) => {
    staysBelow(`${format}/${table}`, publishedPath(format, table, path, part));
    staysBelow('_data', `${dataFolder(path)}/${dataFileName(attempt, table, part, hash, hash)}`);
    staysBelow('_manifests', manifestPath(path, part));
    staysBelow('_rejects', rejectsPath(path, attempt));
  }),
  fuzzTarget('escaped names', name, (text) => {
    const segment = hiveEscape(text);
    assert.match(segment, /^[A-Za-z0-9_%-]*$/);
    assert.equal(decodeURIComponent(segment), text.toWellFormed());
    // Data files carry the table's name; a job's tables are an enumeration, and yet nothing rests on that.
    staysBelow('_data', `_data/x/${hiveEscape(dataFileName(text, text as TableName, 0, text, text))}`);
  }),
];
