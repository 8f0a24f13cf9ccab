import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createNodeFiles } from '../../src/sink/nodeFiles.js';
import { failNth } from '../support/failingFiles.js';
import { fault, LATER_PAGE, MODES, type FaultCase, type FaultRig } from '../support/faultRig.js';
import { cutAt, stateOf } from '../support/faultSweeps.js';
import { conversationText, pageText, type PageServer } from '../support/pageServer.js';
import { startPagesRig } from '../support/pagesRig.js';
import { hashesOf, publishedHashes } from '../support/treeOf.js';

let rig: FaultRig;
let server: PageServer;
beforeAll(async () => {
  ({ rig, server } = await startPagesRig());
});

const PUBLISHED = 'parquet/conversations/dt=2026-01-05/part-00000.parquet';

const exported = async (): Promise<{ one: FaultCase; published: string; data: string }> => {
  const one = await rig.newCase();
  await one.recovers();
  const names = Object.keys(await hashesOf(one.folder)).filter((path) => /^_data\/.*conversations/.test(path));
  expect(names).toHaveLength(1);
  return { one, published: join(one.folder, PUBLISHED), data: join(one.folder, names[0]!) };
};

/** Ways in which a file is not in its place any more. */
const HARMS = {
  removed: (path: string) => rm(path),
  'cut to nothing': async (path: string) => {
    // A hard link is one file under two names: first it becomes a file of its own.
    await rm(path);
    await writeFile(path, '');
  },
} as const;
const harms = Object.keys(HARMS) as (keyof typeof HARMS)[];

/** What status says of the one day, and whether it is what a run then does. */
const failureTold = async (one: FaultCase): Promise<string> => {
  const { partitions } = await one.status();
  const { failure = null } = partitions.find(({ partition }) => partition === 'dt=2026-01-05') ?? {};
  return failure === null ? '' : `${failure.message} ${String(failure.remedy)}`;
};

describe('a committed day whose files were touched', () => {
  it.each(harms)('#45 is published again by the next run, without an export, where a published file was %s', async (harm) => {
    const { one, published } = await exported();
    expect(await failureTold(one)).toBe('');
    await HARMS[harm](published);
    expect(await failureTold(one)).toMatch(/committed and not published.*Run again/);
    const before = rig.asked;
    await one.recovers();
    // Token and clock.
    expect(rig.asked - before).toBe(2);
    expect((await stateOf(one)).versions).toBe(1);
    expect(await failureTold(one)).toBe('');
  });

  it.each(harms)('#45 gets its data back from the published file where a data file was %s', async (harm) => {
    const { one, data } = await exported();
    const good = await readFile(data);
    await HARMS[harm](data);
    expect(await failureTold(one)).toMatch(/committed and missing, or of another size.*Run again/);
    const before = rig.asked;
    await one.recovers();
    expect([rig.asked - before, (await stateOf(one)).versions]).toEqual([2, 1]);
    expect((await readFile(data)).equals(good)).toBe(true);
  });

  it('#45 is exported again where data and published file are gone, cut, or the published one is another', async () => {
    const last = async (path: string): Promise<void> => truncate(path, (await readFile(path)).length - 1);
    const ways: ((files: { data: string; published: string }) => Promise<unknown>)[] = [
      ({ data, published }) => Promise.all([rm(data), rm(published)]),
      // Both names are one file.
      ({ data }) => last(data),
      async ({ data, published }) => {
        const { length } = await readFile(data);
        await rm(data);
        await rm(published);
        await writeFile(published, Buffer.alloc(length));
      },
    ];
    for (const [n, way] of ways.entries()) {
      const { one, ...files } = await exported();
      await way(files);
      const told = await failureTold(one);
      expect([n, told === '']).toEqual([n, false]);
      const attempt = await one.recovers();
      expect([n, attempt.report?.outcomes.map(({ result }) => result)]).toEqual([n, ['committed']]);
      expect([n, (await stateOf(one)).versions, await failureTold(one)]).toEqual([n, 2, '']);
    }
  });

  it('#45 is not replaced by fewer conversations than were lost: exit 4 with what to do, and force takes what there is', async () => {
    const one = await rig.newCase();
    server.serve(pageText([conversationText(1), conversationText(2)]));
    expect((await one.run({ baseUrl: server.baseUrl })).exitCode).toBe(0);
    await rm(join(one.folder, '_data'), { recursive: true });
    await rm(join(one.folder, 'parquet'), { recursive: true });
    server.serve(pageText([conversationText(1)]));
    const attempt = await one.run({ baseUrl: server.baseUrl });
    expect(attempt.exitCode).toBe(4);
    expect(attempt.text).toContain('its committed files are gone, and the API gives 1 of the 2 conversations that they held');
    expect([(await stateOf(one)).versions, await publishedHashes(one.folder)]).toEqual([1, {}]);
    // Nothing of the shorter answer is kept: the next run asks anew.
    expect(Object.keys(await hashesOf(one.folder)).filter((path) => /^_(?:journal|data)\//.test(path))).toEqual([]);
    const forced = await one.run({ baseUrl: server.baseUrl, force: true });
    expect([forced.exitCode, forced.counts?.unique, (await stateOf(one)).versions]).toEqual([0, 1, 2]);
    expect(await one.errors()).toEqual([]);
  });

  it('#45 is not replaced by what another configuration asks for', async () => {
    const { one, data, published } = await exported();
    await rm(data);
    await rm(published);
    const other = await rig.newCase('next-page-url', { tables: ['conversations'] }, one.root);
    const attempt = await other.run();
    expect(attempt.exitCode).toBe(4);
    expect(attempt.text).toMatch(/exported with another source, filters, tables.*--force/s);
    expect((await stateOf(one)).versions).toBe(1);
    await one.recovers();
  });

  it('#45 is exported again where its file of rejected records is gone', async () => {
    const one = await rig.newCase('next-page-url', { onBadRecord: 'reject' });
    server.serve(pageText([conversationText(1), '{"conversationId":7}']));
    expect((await one.run({ baseUrl: server.baseUrl })).counts?.rejects).toBe(1);
    await rm(join(one.folder, '_rejects'), { recursive: true });
    expect(await failureTold(one)).toContain('_rejects/dt=2026-01-05/');
    server.serve(pageText([conversationText(1), '{"conversationId":7}']));
    expect((await one.run({ baseUrl: server.baseUrl })).counts?.rejects).toBe(1);
    expect([await one.errors(), await failureTold(one)]).toEqual([[], '']);
  });

  it('#45 whose publication failed is told as failed until the next run has published it, which asks for nothing and forgets the failure', async () => {
    const one = await rig.newCase();
    const files = failNth(createNodeFiles(MODES), { operation: 'link', path: /\/parquet\//, n: 1, code: 'EIO', mode: 'before' });
    expect((await one.run({ files })).exitCode).toBe(4);
    expect(await failureTold(one)).toContain('EIO');
    const next = await one.recovers();
    expect([next.report?.due, await failureTold(one)]).toEqual([0, '']);
    expect(Object.keys(await hashesOf(one.folder)).filter((path) => path.startsWith('_failures/'))).toEqual([]);
  });

  it('whose forced export failed is told as failed until it is exported: what was to be replaced is not', async () => {
    const { one } = await exported();
    const forced = await one.underFaults([fault({ kind: 'status', status: 501 }, { ...LATER_PAGE, nth: 1 })], { force: true });
    expect(forced.exitCode).toBe(4);
    expect((await one.run()).exitCode).toBe(0);
    expect(await failureTold(one)).toContain('501');
    expect((await one.run({ force: true })).exitCode).toBe(0);
    expect(await failureTold(one)).toBe('');
  });

  it('that could not be exported again is no longer told as failed when its files came back from a backup', async () => {
    const { one, data, published } = await exported();
    const good = await readFile(data);
    await Promise.all([rm(data), rm(published)]);
    expect((await one.underFaults([fault({ kind: 'status', status: 501 }, { ...LATER_PAGE, nth: 1 })])).exitCode).toBe(4);
    expect(await failureTold(one)).toContain('501');
    await writeFile(data, good);
    await one.recovers();
    expect([await failureTold(one), (await stateOf(one)).versions]).toEqual(['', 1]);
  });

  it('#45 that is settled and cannot be repaired ends the run with 4, and is told and counted', async () => {
    const { one, published } = await exported();
    await rm(published);
    await mkdir(published);
    const attempt = await one.run();
    expect([attempt.exitCode, attempt.report?.due, attempt.report?.outcomes.map(({ result }) => result)]).toEqual([4, 1, ['failed']]);
    expect(attempt.text).toMatch(/^job-next-page-url: 0 of 1 partition done in [^,\n]+, 1 failed \(not due: 1 settled\)\n/);
    expect(attempt.text).toMatch(new RegExp(`${published}: it is a folder, not a file\\n +(?:→|->) Move it away, then run again`));
    await rm(published, { recursive: true });
    await one.recovers();
  });

  it('#45 that is due, could not be repaired and is unchanged ends the run with 4, and is told and counted once', async () => {
    const one = await rig.newCase('next-page-url', { lookbackMs: 365 * 24 * 3_600_000 });
    await one.recovers();
    await rm(join(one.folder, PUBLISHED));
    rig.clock.advance(60_000);
    const files = failNth(createNodeFiles(MODES), { operation: 'link', path: /\/parquet\//, n: 1, code: 'EIO', mode: 'before' });
    const attempt = await one.run({ files });
    expect([attempt.exitCode, attempt.report?.due, attempt.report?.outcomes.map(({ result }) => result)]).toEqual([4, 1, ['failed']]);
    expect(attempt.text).toMatch(/^job-next-page-url: 0 of 1 partition done in [^,\n]+, 1 failed\n/);
    expect((await stateOf(one)).versions).toBe(1);
    await one.recovers();
  });

  it('#41 is repaired whole whichever step of the repair was the last, over exports that the API disturbs', async () => {
    for (let n = 1; ; n += 9) {
      const { one, data, published } = await exported();
      await rm(data);
      if (n % 2 === 0) await rm(published);
      for (const action of n % 2 === 0 ? [fault({ kind: 'reset', afterBytes: 300 }, { ...LATER_PAGE, nth: 1 })] : []) rig.simulator.faults.add(action);
      const cut = await cutAt(one, n, 'after');
      rig.simulator.faults.clear();
      await one.recovers();
      if (!cut) break;
    }
  });
});
