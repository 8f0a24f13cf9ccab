import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJob } from '../../src/config/job.js';
import type { Job } from '../../src/model/job.js';

const read = (text: string, env: Readonly<Record<string, string>> = {}) => parseJob({ text, file: 'jobs/nightly.yaml', name: 'nightly', env });

const job = (text: string, env: Readonly<Record<string, string>> = {}): Job => {
  const reading = read(text, env);
  if ('problems' in reading) throw new Error(JSON.stringify(reading.problems));
  return reading.value;
};

const lines = (text: string, env: Readonly<Record<string, string>> = {}): readonly string[] => {
  const reading = read(text, env);
  return 'problems' in reading ? reading.problems.map(({ where, what }) => `${where}: ${what}`) : [];
};

const wrong = (more: string): string => lines(`source: { kind: next-page-url }\n${more}`).join('\n');

describe('a job', () => {
  it('needs nothing but the kind of its source', () => {
    expect(job('source: { kind: next-page-url }')).toEqual({
      name: 'nightly',
      source: { kind: 'next-page-url', pageSize: 100, filters: {}, maxResults: 100_000, maxIntervalMs: 604_800_000, parts: true, pollMs: 2_000, jobTimeoutMs: 21_600_000 },
      start: undefined,
      window: '1d',
      timezone: 'UTC',
      settleMs: 7_200_000,
      lookbackMs: 259_200_000,
      tables: ['participant_attributes', 'conversations'],
      formats: ['parquet'],
      parquet: { engine: 'arrow', compression: 'zstd', rowGroupRows: 100_000 },
      csv: { escapeFormulas: false },
      participants: { purposes: ['customer', 'external', 'user'], which: 'all' },
      schedule: undefined,
      onBadRecord: 'fail',
      completeness: { checkTotal: false, tolerance: 0.001, answerTotals: true },
      openConversations: { maxAgeMs: 2_592_000_000 },
      concurrency: 10,
    });
  });

  it('says that its source is missing', () => {
    expect(lines('')).toEqual(['jobs/nightly.yaml: source: is missing: expected keys with values (a mapping)']);
  });

  it.each([
    ['next-page-url', 200, 201],
    ['page-number', 200, 201],
    ['job-cursor', 10_000, 10_001],
  ])('of %s takes pages of %i conversations and no more', (kind, most, tooMany) => {
    expect(job(`source: { kind: ${kind}, pageSize: ${String(most)} }`).source.pageSize).toBe(most);
    expect(lines(`source: { kind: ${kind}, pageSize: ${String(tooMany)} }`)).toHaveLength(1);
  });

  it('asks a job-cursor for larger pages by default, and for fewer partitions at once', () => {
    expect(job('source: { kind: job-cursor }')).toMatchObject({ source: { pageSize: 1000 }, concurrency: 6 });
  });

  it('keeps filters as they are written, nulls and variables in place', () => {
    const text = 'source:\n  kind: page-number\n  filters:\n    segmentFilters: [{ type: and, predicates: [{ dimension: queueId, value: "${QUEUE}", operator: null }] }]\n    gatewayKey: x\n';
    expect(job(text, { QUEUE: 'a: [b' }).source.filters).toEqual({ segmentFilters: [{ type: 'and', predicates: [{ dimension: 'queueId', value: 'a: [b', operator: null }] }], gatewayKey: 'x' });
  });

  it.each(['interval', 'paging', 'dateRange', 'pageSize', 'order'])('does not let filters set %s, which would lose rows', (key) => {
    expect(lines(`source: { kind: page-number, filters: { ${key}: x } }`)).toEqual([`jobs/nightly.yaml: source.filters.${key} (line 1): is set by the exporter itself; leave it out`]);
  });

  it.each(['2026-02-30', '2026-13-01', 'yesterday', '20260101', '2026-1-1', '2026-01-01T00:00:00Z'])('does not start on %s', (date) => {
    expect(wrong(`start: "${date}"`)).toContain('expected a real date');
  });

  it('takes a date that YAML could read as one', () => {
    expect(job('source: { kind: page-number }\nstart: 2024-02-29').start).toBe('2024-02-29');
  });

  it.each(['Europe/Berln', '+02:00', 'CEST2', 'Mars/Olympus', '""', '5'])('is in no time zone %s', (zone) => {
    expect(wrong(`timezone: ${zone}`)).toContain('expected an IANA time zone');
    expect(wrong(`schedule: { cron: "* * * * *", timezone: ${zone} }`)).toContain('expected an IANA time zone');
  });

  it('is woken in its own time zone where the schedule names none', () => {
    expect(job('source: { kind: page-number }\ntimezone: Asia/Kathmandu\nschedule: { cron: "15 2 * * *" }').schedule).toEqual({ cron: '15 2 * * *', timezone: 'Asia/Kathmandu' });
  });

  it.each(['15 25 * * *', 'at noon', '* * *', '60 * * * *', '', '0-99999999 * * * *'])('is not woken by the cron expression "%s"', (cron) => {
    expect(wrong(`schedule: { cron: "${cron}" }`)).toContain('expected a cron expression');
  });

  it('writes no zstd by parquetjs-lite, and snappy where nothing is said', () => {
    expect(wrong('parquet: { engine: parquetjs-lite, compression: zstd }')).toContain('parquetjs-lite cannot write zstd');
    expect(job('source: { kind: page-number }\nparquet: { engine: parquetjs-lite }').parquet.compression).toBe('snappy');
  });

  it.each([
    ['tables: [particpants]', 'did you mean participants?'],
    ['tables: []', 'expected at least one'],
    ['tables: [segments, segments]', 'expected each name once'],
    ['tables: [segments, segments, segmets]', 'expected each name once'],
    ['formats: parquet', 'expected a list of parquet, csv'],
    ['participants: { purposes: [custmer] }', 'did you mean customer?'],
    ['participants: { purposes: [] }', 'expected a list'],
    ['lookback: 3', 'expected a duration'],
    ['lookback: -3d', 'expected a duration'],
    ['settle: 90 min', 'expected a duration'],
    ['concurrency: 17', 'from 1 to 16'],
    ['concurrency: 1.5', 'from 1 to 16'],
    ['onBadRecord: ignore', 'expected one of fail, reject'],
    ['window: 1w', 'expected one of 1d, 1h'],
    ['csv: { escapeFormulas: yes }', 'expected true or false'],
    ['setle: 2h', 'did you mean settle?'],
    ['window: 1d\nwindow: 1h', 'a key is written twice'],
    ['csv:\n  <<: *all', 'csv.<< (line 3): is a YAML merge key; write out the keys that it stands for'],
    ['csv:\n  <<: { escapeFormulas: true }', 'csv.<< (line 3): is a YAML merge key'],
    ['tables: *all', 'is a YAML alias; write the value out'],
    ['start: !!timestamp 2026-01-01', 'YAML tag'],
  ])('refuses %s', (text, what) => {
    expect(wrong(text)).toContain(what);
  });

  it('counts a key without a value as left out', () => {
    expect(job('source: { kind: page-number, filters: , pageSize: }\ncsv:\nstart:\ntables:')).toEqual(job('source: { kind: page-number }'));
  });
});

describe('variables in a job', () => {
  it('are read in text, numbers and words', () => {
    const text = 'source: { kind: "${KIND}", pageSize: "${SIZE:-150}" }\nsettle: ${SETTLE:-30m}';
    expect(job(text, { KIND: 'page-number' })).toMatchObject({ source: { kind: 'page-number', pageSize: 150 }, settleMs: 1_800_000 });
  });

  it('that are missing are all named', () => {
    expect(lines('source: { kind: "${KIND}" }\ntimezone: ${ZONE}').map((line) => line.replace(/: set it.*/, ''))).toEqual([
      'jobs/nightly.yaml: source.kind (line 1): the environment variable KIND is not set',
      'jobs/nightly.yaml: timezone (line 2): the environment variable ZONE is not set',
    ]);
  });
});

describe('any job file', () => {
  it('is a job or problems that have a place and words', () => {
    const keys = ['source', 'kind', 'pageSize', 'filters', 'start', 'window', 'timezone', 'settle', 'tables', 'formats', 'parquet', 'engine', 'participants', 'purposes', 'schedule', 'cron', 'concurrency'];
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ depthSize: 'small' }, fc.constantFrom('next-page-url', 'job-cursor', 'all', 'parquetjs-lite', 'zstd', '1d', '${X}', '2h'), fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.string(), fc.array(tie('any'), { maxLength: 3 }), fc.dictionary(fc.constantFrom(...keys, '__proto__'), tie('any'), { maxKeys: 5 })),
    })).any;
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 6 }), (content) => {
        const reading = read(JSON.stringify(content), {});
        if ('value' in reading) expect(reading.value.name).toBe('nightly');
        else {
          expect(reading.problems.length).toBeGreaterThan(0);
          for (const { where, what } of reading.problems) {
            expect(where).toMatch(/^jobs\/nightly\.yaml/);
            expect(what).not.toBe('');
          }
        }
      }),
      { numRuns: 400 },
    );
  });
});
