import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Job } from '../../src/model/job.js';
import type { FaultAction } from '../../src/simulate/faults.js';
import { duck } from '../support/duck.js';
import { conversationText, exportPages, pageText, type PageServer } from '../support/pageServer.js';
import { startPagesRig } from '../support/pagesRig.js';
import { fault, LATER_PAGE, type Attempt, type FaultCase, type FaultRig } from '../support/faultRig.js';
import { hashesOf, publishedHashes } from '../support/treeOf.js';

let rig: FaultRig;
let server: PageServer;
beforeAll(async () => {
  ({ rig, server } = await startPagesRig());
});

const GOOD = conversationText(1);

const exported = (one: FaultCase, ...pages: readonly (string | Uint8Array)[]): Promise<Attempt> => exportPages(server, one, ...pages);

/** The page fails the partition, says where, and once the API is mended the next run completes with what a clean run gives. */
const failsThenMends = async (bad: string | Uint8Array, words: string | RegExp, job: Partial<Job> = {}): Promise<void> => {
  const one = await rig.newCase('next-page-url', job);
  const attempt = await exported(one, pageText([GOOD], 1), bad);
  expect(attempt.exitCode).toBe(4);
  expect(attempt.text).toMatch(words);
  expect(await publishedHashes(one.folder)).toEqual({});
  expect(await one.errors()).toEqual([]);
  const mended = await exported(one, pageText([GOOD], 1), pageText([conversationText(2)]));
  expect([mended.exitCode, mended.counts?.unique]).toEqual([0, 2]);
  const clean = await rig.newCase('next-page-url', job);
  await exported(clean, pageText([GOOD], 1), pageText([conversationText(2)]));
  expect(await publishedHashes(one.folder)).toEqual(await publishedHashes(clean.folder));
};

/** Attribute rows, name and value as text; hex on the way, as DuckDB's client drops byte order marks. */
const attributesOf = async (one: FaultCase): Promise<[string, string][]> => {
  const rows = await duck(`SELECT hex(name) AS n, hex(value) AS v FROM read_parquet('${join(one.folder, 'parquet/participant_attributes/*/*.parquet')}')`);
  const text = (hex: unknown): string => Buffer.from(String(hex), 'hex').toString();
  return rows.map((row) => [text(row['n']), text(row['v'])] as [string, string]).sort();
};

describe('an answer that is not a page', () => {
  it('#20 without its list, or with an error object in its place, fails the partition: absent is not empty', async () => {
    const one = await rig.newCase();
    const attempt = await one.underFaults([fault({ kind: 'omitConversations' }, { ...LATER_PAGE, nth: 1 })]);
    expect(attempt.exitCode).toBe(4);
    expect(attempt.text).toContain('conversations is absent, which is not the same as empty');
    await one.recovers();
    await failsThenMends('{"message":"slow down","code":"too.many","status":200}', 'is an error object where a page was expected');
    await failsThenMends('{"entities":{}}', /entities is not an array/);
    await failsThenMends('[]', /is not an object/);
    await failsThenMends('{"entities":[', /is not valid JSON/);
  });

  it('#21 an empty page with a link is followed; four in a row are a circle and end in exit 4', async () => {
    const one = await rig.newCase();
    const attempt = await exported(one, pageText([GOOD], 1), pageText([], 2), pageText([], 3), pageText([conversationText(2)]));
    expect([attempt.exitCode, attempt.counts?.unique, attempt.counts?.pages]).toEqual([0, 2, 4]);
    const endless = await rig.newCase();
    const failed = await exported(endless, pageText([GOOD], 1), pageText([], 2), pageText([], 3), pageText([], 4), pageText([], 5), pageText([GOOD]));
    expect(failed.exitCode).toBe(4);
    expect(failed.text).toContain('brought nothing new');
    expect(await publishedHashes(endless.folder)).toEqual({});
  });
});

describe('hostile JSON', () => {
  it('#22 attributes named like parts of the language are data, and pollute nothing', async () => {
    const one = await rig.newCase();
    const attempt = await exported(one, pageText([conversationText(1, '{"__proto__":"x","constructor":"y","prototype":"z","toString":"t","hasOwnProperty":"h"}', ',"__proto__":{"polluted":true}')]));
    expect(attempt.exitCode).toBe(0);
    expect(await attributesOf(one)).toEqual([['__proto__', 'x'], ['constructor', 'y'], ['hasOwnProperty', 'h'], ['prototype', 'z'], ['toString', 't']]);
    expect('polluted' in {}).toBe(false);
  });

  it.each([65, 10_000, 1_000_000])('#23 nesting %i deep fails the partition, and nothing of the page is kept', async (depth) => {
    await failsThenMends(`{"entities":[${conversationText(3)}],"x":${'['.repeat(depth)}${']'.repeat(depth)}}`, 'is nested deeper than 64 levels');
  });

  it('#24 integers beyond 2^53 stay exact, in Parquet and CSV', async () => {
    const one = await rig.newCase('next-page-url', { tables: ['session_metrics', 'conversations'], formats: ['parquet', 'csv'] });
    const values = ['9007199254740993', '-9007199254740993', '9223372036854775807'];
    const metrics = values.map((value, i) => `{"name":"m${String(i)}","value":${value}}`).join(',');
    const attempt = await exported(one, pageText([conversationText(1, '{}', `,"sessions":[{"sessionId":"s","metrics":[${metrics}]}]`)]));
    expect(attempt.exitCode).toBe(0);
    const rows = await duck(`SELECT value::VARCHAR AS v FROM read_parquet('${join(one.folder, 'parquet/session_metrics/*/*.parquet')}') ORDER BY name`);
    expect(rows.map(({ v }) => v)).toEqual(values);
    const csv = await readFile(join(one.folder, 'csv/session_metrics/dt=2026-01-05/part-00000.csv'), 'utf8');
    for (const value of values) expect(csv).toContain(`,${value}\n`);
  });

  it.each(['1e400', '0.5', '"7"', '9223372036854775808'])('#24 a metric of %s is no 64-bit integer: the partition fails with the path of the field', async (value) => {
    const bad = pageText([conversationText(3), conversationText(4, '{}', `,"sessions":[{"sessionId":"s","metrics":[{"name":"m","value":${value}}]}]`)]);
    await failsThenMends(bad, /entities\[1\]\.participants\[0\]\.sessions\[0\]\.metrics\[0\]\.value/, { tables: ['session_metrics', 'conversations'] });
  });

  it('#25 bytes that are no UTF-8 fail the partition', async () => {
    const page = Buffer.from(pageText([conversationText(2, '{"a":"@"}')]));
    page[page.indexOf('@')] = 0xff;
    await failsThenMends(page, 'is not valid UTF-8');
  });

  it('#25 a lone surrogate becomes U+FFFD and is counted; NUL, a byte order mark and emoji are kept', async () => {
    const one = await rig.newCase('next-page-url', { formats: ['parquet', 'csv'] });
    const attempt = await exported(one, `\ufeff${pageText([conversationText(1, String.raw`{"lone":"a\ud800b","nul":"a\u0000b","bom":"\ufeffa","emoji":"\ud83d\ude00"}`)])}`);
    expect([attempt.exitCode, attempt.counts?.replacedText]).toEqual([0, 1]);
    expect(await attributesOf(one)).toEqual([['bom', '\ufeffa'], ['emoji', '😀'], ['lone', 'a\ufffdb'], ['nul', 'a\0b']]);
    expect(await readFile(join(one.folder, 'csv/participant_attributes/dt=2026-01-05/part-00000.csv'), 'utf8')).toContain('a\0b');
    expect(await one.errors()).toEqual([]);
  });

  it('#26 of two equal keys the last is kept, as JSON.parse does: one row, and it is counted', async () => {
    const one = await rig.newCase();
    const attempt = await exported(one, pageText([conversationText(1, '{"a":"first","a":"last"}')]));
    expect([attempt.exitCode, attempt.counts?.rows.participant_attributes, attempt.counts?.repeatedKeys]).toEqual([0, 1, 1]);
    expect(await attributesOf(one)).toEqual([['a', 'last']]);
    expect(await one.errors()).toEqual([]);
  });

  it('#26 of two names that are equal when written the last is kept: one row, in both formats, and it is counted', async () => {
    const one = await rig.newCase('next-page-url', { formats: ['parquet', 'csv'], tables: ['participant_attributes', 'participants', 'conversations'] });
    const attempt = await exported(one, pageText([conversationText(1, String.raw`{"a\ud800":"first","a\ud801":"last"}`)]));
    expect([attempt.exitCode, attempt.counts?.rows.participant_attributes, attempt.counts?.repeatedKeys]).toEqual([0, 1, 1]);
    expect(attempt.counts?.replacedText).toBeGreaterThan(0);
    expect(await attributesOf(one)).toEqual([['a\ufffd', 'last']]);
    expect(await readFile(join(one.folder, 'csv/participants/dt=2026-01-05/part-00000.csv'), 'utf8')).toContain('"{""a\ufffd"":""last""}"');
    expect(await one.errors()).toEqual([]);
  });

  it('#27 a page beyond 64 MiB is refused with the remedy, and no part of it is kept', async () => {
    await failsThenMends(pageText([conversationText(2, `{"long":"${'x'.repeat(65 * 1024 * 1024)}"}`)]), /larger than 64 MiB[\s\S]*pageSize/);
  });
});

describe('records that do not decode', () => {
  const BAD = String.raw`{"conversationId":"00000000-0000-4000-8000-0000000000bb","conversationStart":"2026-01-05T01:00:00.000Z","participants":[{"participantId":7,"attributes":{"a":"canary-value"}}]}`;

  it('#20 end the partition with the path of the field (onBadRecord: fail), and it completes when the API is mended', async () => {
    await failsThenMends(pageText([conversationText(3), BAD]), /entities\[1\]\.participants\[0\]\.participantId is not of type string/);
  });

  it('#20 do not stop a day that they do not belong to by their own start (onBadRecord: fail): they are outside it, written nowhere, and the counts add up', async () => {
    const one = await rig.newCase();
    const elsewhere = BAD.replace('2026-01-05T01', '2026-01-04T23');
    // The first run ends after the page that has it: the second finds it in the journal, and once more on a page.
    expect((await exported(one, pageText([GOOD, elsewhere], 1))).exitCode).toBe(4);
    const attempt = await exported(one, pageText([GOOD, elsewhere], 1), pageText([elsewhere, conversationText(2)]));
    expect([attempt.exitCode, attempt.counts?.unique, attempt.counts?.outsideWindow, attempt.counts?.rejects]).toEqual([0, 2, 1, 0]);
    const { fetched, unique, duplicates, refetched, outsideWindow, rejects } = attempt.counts!;
    expect(unique + duplicates + refetched + outsideWindow + rejects).toBe(fetched);
    expect(attempt.text).not.toContain('canary-value');
    expect(Object.keys(await hashesOf(one.folder)).filter((path) => path.startsWith('_rejects/'))).toEqual([]);
    expect(await one.errors()).toEqual([]);
    await failsThenMends(pageText([conversationText(3), elsewhere, BAD]), /entities\[2\]\.participants\[0\]\.participantId is not of type string/);
    await failsThenMends(pageText([conversationText(3), BAD.replace('2026-01-05T01', 'some day')]), /entities\[1\]\.conversationStart is not an ISO-8601 instant/);
  });

  it('#27 are set aside wherever they started (onBadRecord: reject)', async () => {
    const one = await rig.newCase('next-page-url', { onBadRecord: 'reject' });
    const attempt = await exported(one, pageText([GOOD, BAD.replace('2026-01-05T01', '2026-01-04T23')]));
    expect([attempt.exitCode, attempt.counts?.unique, attempt.counts?.outsideWindow, attempt.counts?.rejects]).toEqual([0, 1, 0, 1]);
    expect(await one.errors()).toEqual([]);
  });

  it('#27 are set aside each where their ids are empty: they are no repetitions of one another', async () => {
    const one = await rig.newCase('next-page-url', { onBadRecord: 'reject' });
    const unnamed = (n: number): string => `{"conversationId":"","externalTag":"${String(n)}"}`;
    const attempt = await exported(one, pageText([GOOD, unnamed(1), unnamed(2), unnamed(1)]));
    expect([attempt.counts?.rejects, attempt.counts?.duplicates]).toEqual([2, 1]);
    expect(await one.errors()).toEqual([]);
  });

  it('#27 are set aside where an id holds a lone surrogate, which cannot be written: two of them would share a key', async () => {
    const one = await rig.newCase('next-page-url', { onBadRecord: 'reject' });
    const odd = String.raw`{"conversationId":"c-1","participants":[{"participantId":"p\ud800"},{"participantId":"p\ud801"}]}`;
    const attempt = await exported(one, pageText([GOOD, odd]));
    expect([attempt.exitCode, attempt.counts?.unique, attempt.counts?.rejects]).toEqual([0, 1, 1]);
    expect(await one.errors()).toEqual([]);
  });

  it('#27 are set aside, counted and named by the manifest (onBadRecord: reject), value for value', async () => {
    const one = await rig.newCase('next-page-url', { onBadRecord: 'reject' });
    const noStart = conversationText(5).replace('"2026-01-05T01:00:00.000Z"', '"yesterday"');
    const attempt = await exported(one, pageText([GOOD, BAD, noStart], 1), pageText([conversationText(2)]));
    expect([attempt.exitCode, attempt.counts?.fetched, attempt.counts?.unique, attempt.counts?.rejects]).toEqual([0, 4, 2, 2]);
    expect(attempt.text).not.toContain('canary-value');
    const outcome = attempt.report?.outcomes[0];
    const file = outcome?.result === 'committed' ? outcome.manifest.rejects : null;
    const lines = (await readFile(join(one.folder, file!.path), 'utf8')).trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, string>);
    expect(lines.map(({ conversationId, path }) => [conversationId, path])).toEqual([
      ['00000000-0000-4000-8000-0000000000bb', 'entities[1].participants[0].participantId'],
      ['00000000-0000-4000-8000-000000000005', 'entities[2].conversationStart'],
    ]);
    expect(JSON.parse(lines[0]!['record']!)).toEqual(JSON.parse(BAD));
    expect((await hashesOf(one.folder))[file!.path]).toBe(file!.sha256);
    expect(await one.errors()).toEqual([]);
  });

  it('#27 are counted and kept once, however often the API had to be asked again', async () => {
    const one = await rig.newCase('next-page-url', { onBadRecord: 'reject' });
    const first = await exported(one, pageText([GOOD, BAD], 1));
    expect(first.exitCode).toBe(4);
    const second = await exported(one, pageText([GOOD, BAD], 1), pageText([conversationText(2)]));
    expect([second.exitCode, second.counts?.rejects, second.counts?.unique]).toEqual([0, 1, 2]);
    const { fetched, unique, duplicates, refetched, outsideWindow, rejects } = second.counts!;
    expect(unique + duplicates + refetched + outsideWindow + rejects).toBe(fetched);
    const outcome = second.report?.outcomes[0];
    const path = outcome?.result === 'committed' ? outcome.manifest.rejects!.path : '';
    expect((await readFile(join(one.folder, path), 'utf8')).trimEnd().split('\n')).toHaveLength(1);
    expect(await one.errors()).toEqual([]);
  });

  /** Pages with one record that does not decode, and what asks for them: the first page of a run, and the one after it. */
  const ASKED = {
    'job-cursor': { first: { ...LATER_PAGE, nth: 1 }, later: { ...LATER_PAGE, nth: 2 }, more: '"cursor":"c"' },
    'page-number': { first: { method: 'POST', path: /details\/query$/, nth: 2 }, later: { method: 'POST', path: /details\/query$/, nth: 3 }, more: '"totalHits":3' },
  } as const;

  it.each(['job-cursor', 'page-number'] as const)('#27 are set aside over %s too, once, where the run stops after their page and another goes on', async (kind) => {
    const one = await rig.newCase(kind, { onBadRecord: 'reject' });
    const { first, later, more } = ASKED[kind];
    const text = (...records: string[]): FaultAction => ({ kind: 'text', text: `{"conversations":[${records.join(',')}],${more}}` });
    const stopped = await one.underFaults([fault(text(GOOD, BAD), first), fault({ kind: 'status', status: 501 }, later)]);
    expect(stopped.exitCode).toBe(4);
    const last: FaultAction = { kind: 'text', text: `{"conversations":[${conversationText(2)}],"totalHits":3}` };
    const rest = kind === 'page-number' ? [fault(last, first), fault({ kind: 'text', text: '{"totalHits":3}' }, later)] : [fault(last, LATER_PAGE)];
    const attempt = await one.underFaults(rest);
    expect([attempt.exitCode, attempt.counts?.rejects, attempt.counts?.unique]).toEqual([0, 1, 2]);
    const { fetched, unique, duplicates, refetched, outsideWindow, rejects } = attempt.counts!;
    expect(unique + duplicates + refetched + outsideWindow + rejects).toBe(fetched);
    const files = Object.keys(await hashesOf(one.folder)).filter((path) => path.startsWith('_rejects/'));
    expect(files).toHaveLength(1);
    expect((await readFile(join(one.folder, files[0]!), 'utf8')).trimEnd().split('\n')).toHaveLength(1);
    expect(await one.errors()).toEqual([]);
  });
});
