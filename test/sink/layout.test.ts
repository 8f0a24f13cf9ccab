import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORMATS } from '../../src/model/job.js';
import { TABLE_NAMES } from '../../src/model/table.js';
import { dataFileName, dataFolder, hiveEscape, isUnder, manifestPath, publishedPath, rejectsPath } from '../../src/sink/layout.js';
import { anyText } from '../support/anyText.js';

const name = fc.oneof(anyText(40), fc.constantFrom('', '.', '..', '../..', '/etc/passwd', 'C:\\x', '\0', 'CON', 'x.', '%2e%2e', 'a=b', '\ud800', 'ü'.repeat(300)));
const partition = fc.oneof(name, fc.array(name, { maxLength: 4 }).map((names) => names.join('/')), fc.tuple(name, name).map(([dt, hr]) => `dt=${dt}/hr=${hr}`));

describe('layout', () => {
  it('names paths as documented', () => {
    expect(publishedPath('parquet', 'conversations', 'dt=2026-01-05/hr=13', 7)).toBe('parquet/conversations/dt=2026-01-05/hr=13/part-00007.parquet');
    expect(dataFolder('dt=2026-01-05')).toBe('_data/dt=2026-01-05');
    expect(dataFileName('ab12', 'sessions', 0, '0123456789abcdef0123', 'csv')).toBe('ab12-sessions-00000-0123456789abcdef.csv');
    expect(manifestPath('dt=2026-01-05', 12)).toBe('_manifests/dt=2026-01-05/0000000000000012.json');
    expect(rejectsPath('dt=2026-01-05', 'ab12')).toBe('_rejects/dt=2026-01-05/ab12.ndjson');
  });

  it('escapes everything but letters, digits, hyphen and underscore, as UTF-8', () => {
    expect(hiveEscape('a-B_9')).toBe('a-B_9');
    expect(hiveEscape('..')).toBe('%2E%2E');
    expect(hiveEscape('a/b\\c\0 é')).toBe('a%2Fb%5Cc%00%20%C3%A9');
  });

  it('escapes so that different texts stay different', () => {
    const wellFormed = anyText();
    fc.assert(
      fc.property(wellFormed, (text) => {
        expect(hiveEscape(text)).toMatch(/^[A-Za-z0-9_%-]*$/);
        expect(decodeURIComponent(hiveEscape(text))).toBe(text);
      }),
    );
  });

  it('lets no path out of the job’s folder, whatever the names', () => {
    fc.assert(
      fc.property(partition, name, name, fc.nat(), fc.constantFrom(...TABLE_NAMES), fc.constantFrom(...FORMATS), (path, attempt, ext, part, table, format) => {
        const root = '/srv/output/job';
        const below = (folder: string, relative: string): void => {
          expect(isUnder(`${root}/${folder}`, `${root}/${relative}`), relative).toBe(true);
          expect(relative.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..')).toBe(true);
          expect(relative).not.toMatch(/[\0\\]/);
        };
        below(`${format}/${table}`, publishedPath(format, table, path, part));
        below('_data', `${dataFolder(path)}/${dataFileName(attempt, table, part, ext, ext)}`);
        below('_manifests', manifestPath(path, part));
        below('_rejects', rejectsPath(path, attempt));
      }),
    );
  });

  it('tells what lies below a folder', () => {
    expect(isUnder('/a/b', '/a/b/c')).toBe(true);
    expect(isUnder('/a/b', 'c/d')).toBe(true);
    expect(isUnder('/a/b', '/a/b/..c')).toBe(true);
    for (const path of ['/a/b', '/a/bc', '/a/b/../c', '..', '/', '/a/b/c\0']) expect(isUnder('/a/b', path), path).toBe(false);
  });
});
