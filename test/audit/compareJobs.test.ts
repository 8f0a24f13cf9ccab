import { writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareJobs, type ComparedJob, type CompareOptions } from '../../src/audit/compareJobs.js';
import { compareTable } from '../../src/audit/compareTable.js';
import type { Comparison } from '../../src/audit/comparison.js';
import { conversations } from '../../src/extract/conversations.js';
import { participantAttributes } from '../../src/extract/participantAttributes.js';
import { TABLES } from '../../src/extract/tables.js';
import { ConfigError, StateError } from '../../src/model/errors.js';
import type { Format } from '../../src/model/job.js';
import type { Row, Table } from '../../src/model/table.js';
import { diskFiles } from '../support/diskFiles.js';
import { createExportedJob, type Commit, type ExportedJob } from '../support/exportedJob.js';

const NOON = Date.UTC(2026, 0, 5, 12);
const DAY: Pick<Commit, 'partition' | 'window'> = { partition: 'dt=2026-01-05', window: { from: '2026-01-05T00:00:00.000Z', to: '2026-01-06T00:00:00.000Z' } };
const NEXT_DAY: Pick<Commit, 'partition' | 'window'> = { partition: 'dt=2026-01-06', window: { from: '2026-01-06T00:00:00.000Z', to: '2026-01-07T00:00:00.000Z' } };
const hour = (n: number): Pick<Commit, 'partition' | 'window'> => {
  const at = (h: number): string => new Date(Date.UTC(2026, 0, 5, h)).toISOString();
  return { partition: `dt=2026-01-05/hr=${String(n).padStart(2, '0')}`, window: { from: at(n), to: at(n + 1) } };
};

const conversation = (id: string, more: { readonly end?: number | null; readonly media?: readonly string[]; readonly startMs?: number | null } = {}): Row => [
  id, more.startMs === undefined ? NOON : more.startMs, more.end ?? null, null, more.end === undefined, 'inbound', more.media ?? ['voice'], [], null, 1, 0,
];
const attribute = (id: string, name: string, value = 'canary-value', participant = 'p'): Row => [id, participant, name, value, NOON, 'customer', null, false];
const of = (table: Table, format: Format, ...rows: readonly Row[]): Commit['contents'][number] => ({ table, format, parts: [rows] });
const inParts = (table: Table, format: Format, ...parts: readonly (readonly Row[])[]): Commit['contents'][number] => ({ table, format, parts });

let here: ExportedJob;
let there: ExportedJob;
beforeEach(async () => {
  [here, there] = await Promise.all([createExportedJob('here'), createExportedJob('there')]);
});
afterEach(async () => {
  await Promise.all([here.remove(), there.remove()]);
});

const side = (job: ExportedJob, more: Partial<ComparedJob> = {}): ComparedJob => ({
  files: diskFiles, job: job.name, jobFolder: job.folder, tables: TABLES, tableNames: ['participant_attributes', 'conversations'], escapesFormulas: false, ...more,
});
const compare = (more: Partial<CompareOptions> = {}): Promise<Comparison> =>
  compareJobs({ here: side(here), there: side(there), from: '2026-01-05', to: '2026-01-07', limit: 10, showValues: false, ...more });
const tableOf = (comparison: Comparison, name: string): Comparison['tables'][number] => {
  const found = comparison.tables.find(({ table }) => table === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

const ROWS = [attribute('a', 'Name'), attribute('a', 'name', ''), attribute('b', '\ufeffname', 'one\ntwo "three", \'four'), attribute('b', '__proto__')];

describe('two exports of the same rows are equal', () => {
  it.each<[string, Commit['contents'], Commit['contents']]>([
    ['in Parquet and CSV', [of(participantAttributes, 'parquet', ...ROWS)], [of(participantAttributes, 'csv', ...ROWS)]],
    ['in one file and in three', [of(participantAttributes, 'csv', ...ROWS)], [inParts(participantAttributes, 'csv', ROWS.slice(0, 1), ROWS.slice(1, 3), ROWS.slice(3))]],
    ['in another order', [of(participantAttributes, 'parquet', ...ROWS)], [of(participantAttributes, 'csv', ...[...ROWS].reverse())]],
    [
      'with NULLs, lists and instants',
      [of(conversations, 'parquet', conversation('a', { media: [] }), conversation('b', { startMs: null, end: NOON }), conversation('c', { media: ['chat', '"'] }))],
      [of(conversations, 'csv', conversation('a', { media: [] }), conversation('b', { startMs: null, end: NOON }), conversation('c', { media: ['chat', '"'] }))],
    ],
    ['in both formats and in one', [of(participantAttributes, 'parquet', ...ROWS), of(participantAttributes, 'csv', ...ROWS)], [of(participantAttributes, 'csv', ...ROWS)]],
    ['without any row', [], []],
  ])('%s', async (_how, a, b) => {
    await here.commit({ ...DAY, contents: a });
    await there.commit({ ...DAY, contents: b });
    const comparison = await compare();
    expect(comparison).toMatchObject({ equal: true, days: 1, uneven: [], skipped: [] });
    expect(comparison.tables.flatMap((table) => table.listed)).toEqual([]);
  });

  it('by the day and by the hour', async () => {
    await here.commit({ ...DAY, contents: [of(participantAttributes, 'parquet', ...ROWS)] });
    for (let n = 0; n < 24; n++) await there.commit({ ...hour(n), contents: n === 12 ? [of(participantAttributes, 'parquet', ...ROWS)] : [] });
    expect(await compare()).toMatchObject({ equal: true, days: 1 });
  });

  it('whichever versions they had before', async () => {
    await here.commit({ ...DAY, contents: [of(participantAttributes, 'parquet', ...ROWS.slice(1))] });
    await here.commit({ ...DAY, contents: [of(participantAttributes, 'parquet', ...ROWS)] });
    await there.commit({ ...DAY, contents: [of(participantAttributes, 'parquet', ...ROWS)] });
    expect((await compare()).equal).toBe(true);
  });
});

describe('differences', () => {
  const DIFFERENT = async (): Promise<void> => {
    await here.commit({ ...DAY, contents: [of(participantAttributes, 'parquet', attribute('a', 'x'), attribute('b', 'x'), attribute('b', 'y'), attribute('c', 'x'), attribute('c', 'z'), attribute('d', 'x'))] });
    await there.commit({ ...DAY, contents: [of(participantAttributes, 'csv', attribute('a', 'x'), attribute('b', 'x'), attribute('b', 'y', 'canary-other'), attribute('c', 'x'), attribute('e', 'x'), attribute('e', 'y'))] });
  };

  it('are counted by row and listed by conversation, without a value', async () => {
    await DIFFERENT();
    const comparison = await compare();
    expect(comparison.equal).toBe(false);
    expect(tableOf(comparison, 'participant_attributes')).toEqual({
      table: 'participant_attributes',
      rowsHere: 6,
      rowsThere: 6,
      rows: { onlyHere: 2, onlyThere: 2, differing: 1 },
      conversations: { onlyHere: 1, onlyThere: 1, differing: 2 },
      listed: [
        { day: 'dt=2026-01-05', conversationId: 'b', kind: 'differing', rows: { onlyHere: 0, onlyThere: 0, differing: 1 }, columns: ['value'] },
        { day: 'dt=2026-01-05', conversationId: 'c', kind: 'differing', rows: { onlyHere: 1, onlyThere: 0, differing: 0 }, columns: [] },
        { day: 'dt=2026-01-05', conversationId: 'd', kind: 'only-here', rows: { onlyHere: 1, onlyThere: 0, differing: 0 }, columns: [] },
        { day: 'dt=2026-01-05', conversationId: 'e', kind: 'only-there', rows: { onlyHere: 0, onlyThere: 2, differing: 0 }, columns: [] },
      ],
    });
    expect(JSON.stringify(comparison)).not.toContain('canary');
  });

  it('show their values when asked', async () => {
    await DIFFERENT();
    const [first] = tableOf(await compare({ showValues: true }), 'participant_attributes').listed;
    expect(first?.values).toEqual([{ key: { participant_id: 'p', name: 'y' }, column: 'value', here: 'canary-value', there: 'canary-other' }]);
  });

  it('are listed up to the limit of each kind, and counted beyond', async () => {
    await here.commit({ ...DAY, contents: [of(participantAttributes, 'parquet', ...Array.from({ length: 50 }, (_, i) => attribute(`h${String(i)}`, 'x')))] });
    await there.commit({ ...DAY, contents: [of(participantAttributes, 'parquet', ...Array.from({ length: 30 }, (_, i) => attribute(`t${String(i)}`, 'x')))] });
    for (const limit of [0, 3]) {
      const table = tableOf(await compare({ limit }), 'participant_attributes');
      expect(table.conversations).toEqual({ onlyHere: 50, onlyThere: 30, differing: 0 });
      expect(table.listed.map(({ kind }) => kind)).toEqual([...Array<string>(limit).fill('only-here'), ...Array<string>(limit).fill('only-there')]);
    }
  });

  it.each([false, true])('are counted of rows with an equal key too: another second one is no equal export (rows only: %s)', async (rowsOnly) => {
    const compared = async (there2: readonly Row[]): Promise<Comparison['tables'][number]['rows']> => {
      const [a, b] = [await createExportedJob('a'), await createExportedJob('b')];
      try {
        const [commitA, commitB] = [await a.commit({ ...DAY, contents: [of(participantAttributes, 'csv', attribute('a', 'x', 'one'), attribute('a', 'x', 'two'))] }), await b.commit({ ...DAY, contents: [of(participantAttributes, 'parquet', ...there2)] })];
        return (await compareTable({ day: 'dt=2026-01-05', table: participantAttributes, here: { subject: side(a), files: commitA.files }, there: { subject: side(b), files: commitB.files }, limit: 10, showValues: false, rowsOnly })).rows;
      } finally {
        await Promise.all([a.remove(), b.remove()]);
      }
    };
    expect(await compared([attribute('a', 'x', 'one'), attribute('a', 'x', 'two')])).toEqual({ onlyHere: 0, onlyThere: 0, differing: 0 });
    expect(await compared([attribute('a', 'x', 'one'), attribute('a', 'x', 'three')])).toEqual({ onlyHere: 0, onlyThere: 0, differing: 1 });
    expect(await compared([attribute('a', 'x', 'one')])).toEqual({ onlyHere: 1, onlyThere: 0, differing: 0 });
  });

  it('tell NULL from the empty text', async () => {
    const tagged = (tag: string | null): Row => ['a', NOON, null, null, true, 'inbound', [], [], tag, 1, 0];
    await here.commit({ ...DAY, contents: [of(conversations, 'csv', tagged(null))] });
    await there.commit({ ...DAY, contents: [of(conversations, 'parquet', tagged(''))] });
    expect(tableOf(await compare(), 'conversations').listed).toMatchObject([{ columns: ['external_tag'] }]);
  });

  it('are days that one side lacks, wholly or in hours', async () => {
    await here.commit({ ...DAY, contents: [] });
    await here.commit({ ...NEXT_DAY, contents: [] });
    for (let n = 1; n < 24; n++) await there.commit({ ...hour(n), contents: [] });
    expect(await compare()).toMatchObject({
      equal: false,
      days: 1,
      uneven: [{ day: 'dt=2026-01-05', hoursHere: 24, hoursThere: 23 }, { day: 'dt=2026-01-06', hoursHere: 24, hoursThere: 0 }],
    });
  });

  it('are a table’s rows that the other version lacks as a whole', async () => {
    await here.commit({ ...DAY, contents: [of(conversations, 'parquet', conversation('a'))] });
    await there.commit({ ...DAY, contents: [] });
    expect(tableOf(await compare(), 'conversations').rows).toEqual({ onlyHere: 1, onlyThere: 0, differing: 0 });
  });

  it('are none where a table is exported by one job only, which is said', async () => {
    await here.commit({ ...DAY, contents: [of(conversations, 'parquet', conversation('a'))] });
    await there.commit({ ...DAY, contents: [] });
    const comparison = await compare({ there: side(there, { tableNames: ['participant_attributes'] }) });
    expect(comparison).toMatchObject({ equal: true, skipped: [{ table: 'conversations', only: 'here' }] });
  });

  it('are none for the marks of formulas that one side’s CSV has, which is said', async () => {
    await here.commit({ ...DAY, contents: [of(participantAttributes, 'csv', attribute('a', "'=x", "'-1"), attribute('b', 'x', "''quoted"), attribute('b', "''=x"), attribute('b', "'=x"), attribute('c', 'x', "'old"))] });
    await there.commit({ ...DAY, contents: [of(participantAttributes, 'parquet', attribute('a', '=x', '-1'), attribute('b', 'x', "'quoted"), attribute('b', "'=x"), attribute('b', '=x'), attribute('c', 'x', "'old"))] });
    expect((await compare()).equal).toBe(false);
    expect(await compare({ here: side(here, { escapesFormulas: true }) })).toMatchObject({ equal: true, ignoresFormulaMarks: true });
    // Of the side that writes none nothing is dropped: it is other text.
    expect(await compare({ there: side(there, { escapesFormulas: true }) })).toMatchObject({ equal: false, ignoresFormulaMarks: false });
    // Parquet has no marks, whatever the job says.
    expect((await compare({ here: side(there, { escapesFormulas: true }), there: side(there) })).equal).toBe(true);
  });
});

describe('what cannot be compared', () => {
  it('is a range that neither has exported', async () => {
    await here.commit({ ...DAY, contents: [] });
    await expect(compare({ from: '2025-01-01', to: '2025-02-01' })).rejects.toBeInstanceOf(ConfigError);
  });

  it('is a damaged manifest', async () => {
    await here.commit({ ...DAY, contents: [] });
    await there.commit({ ...DAY, contents: [] });
    await writeFile(there.path('_manifests/dt=2026-01-05/0000000000000001.json'), '{}');
    await expect(compare()).rejects.toMatchObject({ name: 'StateError', remedy: expect.stringContaining('gcx verify there') as string });
  });

  it('is a damaged or missing data file, whatever the format', async () => {
    for (const format of ['parquet', 'csv'] as const) {
      const manifest = await here.commit({ ...DAY, contents: [of(participantAttributes, format, ...ROWS)] });
      await there.commit({ ...DAY, contents: [of(participantAttributes, format, ...ROWS)] });
      const path = manifest.files[0]?.path ?? '';
      await here.write(path, 'canary');
      await expect(compare()).rejects.toBeInstanceOf(StateError);
      await expect(compare()).rejects.not.toThrow(/canary/);
    }
  });
});

describe('a table that does not fit at once', () => {
  it('gives what a table that fits gives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 5 })), { maxLength: 25, selector: String }), fc.infiniteStream(fc.integer({ min: 0, max: 3 })), async (keys, fates) => {
        const [a, b] = [await createExportedJob('here'), await createExportedJob('there')];
        try {
          const rowsHere: Row[] = [];
          const rowsThere: Row[] = [];
          const expected = { onlyHere: 0, onlyThere: 0, differing: 0 };
          for (const [id, name] of keys) {
            const fate = fates.next().value ?? 0;
            const row = attribute(`c${String(id)}`, `n${String(name)}`);
            if (fate !== 1) rowsHere.push(row);
            if (fate !== 2) rowsThere.push(fate === 3 ? attribute(`c${String(id)}`, `n${String(name)}`, 'other') : row);
            if (fate === 1) expected.onlyThere++;
            if (fate === 2) expected.onlyHere++;
            if (fate === 3) expected.differing++;
          }
          const commitHere = await a.commit({ ...DAY, contents: [of(participantAttributes, 'csv', ...rowsHere)] });
          const commitThere = await b.commit({ ...DAY, contents: [of(participantAttributes, 'csv', ...rowsThere)] });
          const day = { day: 'dt=2026-01-05', table: participantAttributes, here: { subject: side(a), files: commitHere.files }, there: { subject: side(b), files: commitThere.files }, limit: 100, showValues: true };
          const whole = await compareTable(day);
          const shared = await compareTable({ ...day, rowsAtOnce: 3 });
          const sorted = (result: typeof whole): unknown => [...result.listed].sort((x, y) => (x.conversationId < y.conversationId ? -1 : 1));
          expect(whole.rows).toEqual(expected);
          expect([shared.rows, shared.conversations, sorted(shared)]).toEqual([whole.rows, whole.conversations, sorted(whole)]);
        } finally {
          await Promise.all([a.remove(), b.remove()]);
        }
      }),
      { numRuns: 40 },
    );
  });
});
