import { createHash } from 'node:crypto';
import { appendFile, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aJob, LONG_AFTER, startExportRig, type ExportRig } from '../support/exportRig.js';
import { checkExport, type Expectation } from './checkExport.js';
import { publishedTree, readManifests } from './jobFolder.js';
import { truthOfDays } from './truth.js';

const DAY = '2026-01-05';
const DATASET = { seed: 7, from: DAY, days: 1, conversationsPerDay: 20 };

let rig: ExportRig;
let whole = '';
let expectation: Expectation;
beforeAll(async () => {
  rig = await startExportRig({ dataset: DATASET });
  const job = aJob('job-cursor', { tables: ['participant_attributes', 'conversations'], formats: ['parquet', 'csv'] });
  await rig.withJob(job, (opened) => opened.backfill({ from: DAY, to: '2026-01-06', force: false }));
  whole = join(rig.root, job.name);
  expectation = { days: truthOfDays(DATASET, LONG_AFTER), formats: ['parquet', 'csv'], attributes: true, reference: await publishedTree(whole) };
});
afterAll(() => rig.close());

/** A copy of the whole export, changed; and what the checker says of it. */
const problemsAfter = async (change: (folder: string) => Promise<unknown>, expected: Partial<Expectation> = {}): Promise<string> => {
  const folder = join(rig.root, 'copy');
  await rm(folder, { recursive: true, force: true });
  await cp(whole, folder, { recursive: true });
  await change(folder);
  return (await checkExport(folder, { ...expectation, ...expected })).join('\n');
};
const nothing = (): Promise<void> => Promise.resolve();
const truth = (): Expectation['days'][number] => expectation.days[0]!;
const CSV = `csv/conversations/dt=${DAY}/part-00000.csv`;
const MANIFEST = `_manifests/dt=${DAY}/0000000000000001.json`;

describe('the checker of the torture', () => {
  it('finds nothing wrong with a whole export', async () => {
    expect(await problemsAfter(nothing)).toBe('');
  });

  it('finds a conversation that is missing, one too many, and one written twice', async () => {
    const { conversations } = truth();
    expect(await problemsAfter(nothing, { days: [{ ...truth(), conversations: [...conversations, 'one more'] }] })).toMatch(/parquet .* missing one more\n.*csv .* missing one more/s);
    expect(await problemsAfter(nothing, { days: [{ ...truth(), conversations: conversations.slice(1) }] })).toContain(`not in the truth ${conversations[0]!}`);
    const doubled = await problemsAfter(async (folder) => appendFile(join(folder, CSV), `${(await readFile(join(folder, CSV), 'utf8')).trimEnd().split('\n').at(-1)!}\n`));
    expect(doubled).toContain(`${String(conversations.length + 1)} rows, ${String(conversations.length)} are true`);
  });

  it('finds an attribute that is missing and one that is not true', async () => {
    const { attributes } = truth();
    expect(attributes.length).toBeGreaterThan(10);
    expect(await problemsAfter(nothing, { days: [{ ...truth(), attributes: attributes.slice(1) }] })).toContain('attributes: not in the truth');
    expect(await problemsAfter(nothing, { days: [{ ...truth(), attributes: [...attributes, 'c p 00 00'] }] })).toContain('attributes: missing c p 00 00');
    expect(await problemsAfter(nothing, { attributes: false })).toContain('attributes: not in the truth');
  });

  it('finds a day that was not committed and one that was not asked for', async () => {
    expect(await problemsAfter(nothing, { days: [truth(), { ...truth(), day: '2026-01-06' }] })).toContain('dt=2026-01-06: was never committed');
    expect(await problemsAfter(nothing, { days: [] })).toContain(`dt=${DAY}: was not asked for`);
  });

  it.each(['_journal/x/seg-00001', `_data/dt=${DAY}/.tmp-x`, `_manifests/dt=${DAY}/.tmp-x`, '_lock', `_failures/dt=${DAY}.json`, `_data/dt=${DAY}/unnamed.parquet`])('finds the stray file %s', async (path) => {
    const problems = await problemsAfter(async (folder) => {
      await mkdir(join(folder, path, '..'), { recursive: true });
      await writeFile(join(folder, path), 'x');
    });
    expect(problems).toContain(`${path}: is `);
  });

  it('finds published files that are missing, too many, or others than those of the unbroken run', async () => {
    expect(await problemsAfter((folder) => rename(join(folder, CSV), join(folder, `${CSV}.moved`)).then(() => cp(join(folder, `${CSV}.moved`), join(folder, CSV))))).toContain(`${CSV}.moved: is published, and not in the manifests`);
    const without = new Map(expectation.reference);
    without.set(CSV, 'another hash');
    expect(await problemsAfter(nothing, { reference: without })).toContain(`${CSV}: differs from the unbroken run`);
    expect(await problemsAfter(nothing, { reference: new Map([...without, ['csv/more.csv', 'hash']]) })).toContain('csv/more.csv: is in the unbroken run, and not published');
  });

  it('finds a changed or missing data file', async () => {
    const { chains } = await readManifests(whole);
    const data = chains.get(`dt=${DAY}`)![0]!.files[0]!.path;
    expect(await problemsAfter((folder) => appendFile(join(folder, data), 'x'))).toContain(`${data}: is not what its manifest says`);
    expect(await problemsAfter((folder) => rm(join(folder, data)))).toContain(`${data}: is missing`);
  });

  it('finds a manifest that was changed, misnumbered, committed twice, or breaks its chain', async () => {
    expect(await problemsAfter((folder) => appendFile(join(folder, MANIFEST), '\n'))).toContain(`${MANIFEST}: does not fit its own hash`);
    expect(await problemsAfter((folder) => rename(join(folder, MANIFEST), join(folder, MANIFEST.replace('1.json', '2.json'))))).toContain('is version 1 of');
    const next = await problemsAfter(async (folder) => {
      const [json = ''] = (await readFile(join(folder, MANIFEST), 'utf8')).split('\n');
      const body = `${JSON.stringify({ ...(JSON.parse(json) as object), version: 2 })}\n`;
      await writeFile(join(folder, MANIFEST.replace('1.json', '2.json')), `${body}${createHash('sha256').update(body).digest('hex')}\n`);
    });
    expect(next).toContain('was made after another version than the one before it');
    expect(next).toContain('its commit is there twice');
  });
});
