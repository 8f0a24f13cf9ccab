import { copyFile, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fault, LATER_PAGE, startFaultRig, type FaultCase, type FaultRig } from '../support/faultRig.js';
import { conversationText, pageText, startPageServer, type PageServer } from '../support/pageServer.js';
import { hashesOf } from '../support/treeOf.js';

let rig: FaultRig;
/** One whose day has three pages. */
let larger: FaultRig;
let server: PageServer;
beforeAll(async () => {
  [rig, larger, server] = await Promise.all([startFaultRig({ dataset: { conversationsPerDay: 3 } }), startFaultRig(), startPageServer()]);
});
afterAll(async () => {
  await server.close();
  await Promise.all([rig.close(), larger.close()]);
});

const only = async (one: FaultCase, pattern: RegExp): Promise<string> => {
  const found = Object.keys(await hashesOf(one.folder)).filter((path) => pattern.test(path));
  expect(found).toHaveLength(1);
  return found[0]!;
};

/** What `verify` says of the file at a path, every finding with a remedy. */
const told = async (one: FaultCase, path: string): Promise<string> => {
  const findings = await one.findings();
  for (const { remedy } of findings) expect(remedy.length).toBeGreaterThan(10);
  return findings.filter((finding) => finding.path === path).map(({ kind }) => kind).join();
};

/** What to do to a file. */
interface Damage {
  /** Every so many bytes one is changed: 1 for the small files that say what is true, more for those that a hash of all their bytes vouches for. */
  readonly stride: number;
  /** Lengths at which a cut is no damage. */
  readonly isSound?: (length: number) => boolean;
}

/** Changes bytes of a file in turn, cuts it at every eleventh length, and puts it back. Gives how many damages there were: each was found. */
const everyDamage = async (one: FaultCase, path: string, kind: string, { stride, isSound = () => false }: Damage): Promise<number> => {
  const absolute = join(one.folder, path);
  const good = await readFile(absolute);
  // A file of its own, so that a hard link to it stays as it is.
  const lay = async (bytes: Uint8Array): Promise<void> => {
    await rm(absolute);
    await writeFile(absolute, bytes, { mode: 0o600 });
  };
  const missed: string[] = [];
  let found = 0;
  const look = async (what: string, bytes: Uint8Array): Promise<void> => {
    await lay(bytes);
    if ((await told(one, path)).includes(kind)) found++;
    else missed.push(what);
  };
  for (let at = 0; at < good.length; at += stride) {
    const changed = Buffer.from(good);
    changed[at]! ^= 1 << (at % 8);
    await look(`byte ${String(at)}`, changed);
  }
  for (let at = 0; at < good.length; at += 11) if (!isSound(at)) await look(`length ${String(at)}`, good.subarray(0, at));
  expect([path, missed]).toEqual([path, []]);
  await lay(good);
  expect(await told(one, path)).toBe('');
  return found;
};

describe('any single damage', () => {
  it.each(['arrow', 'parquetjs-lite'] as const)('#45 to a changed byte or a cut, of a data file in Parquet (%s), of CSV, of a manifest and of a published copy, is named by verify with what to do', async (engine) => {
    const one = await rig.newCase('job-cursor', { tables: ['conversations'], formats: ['parquet', 'csv'], parquet: { engine, compression: 'snappy', rowGroupRows: 1000 } });
    await one.recovers();
    const parquet = [[/^_data\/.*\.parquet$/, 'file-', 7]] as const;
    const others = [[/^_data\/.*\.csv$/, 'file-', 3], [/^_manifests\/.*\.json$/, 'manifest-unreadable', 1], [/^csv\//, 'published-differs', 3]] as const;
    let found = 0;
    for (const [pattern, kind, stride] of engine === 'arrow' ? [...parquet, ...others] : parquet) found += await everyDamage(one, await only(one, pattern), kind, { stride });
    expect(found).toBeGreaterThan(engine === 'arrow' ? 1000 : 300);
    expect(await one.errors()).toEqual([]);
  });

  it('#45 to a changed byte or a cut, of a checkpoint, of a sealed journal segment and of one that is not, is named by verify', async () => {
    const day = await startFaultRig({ dataset: { conversationsPerDay: 8 } });
    try {
      const one = await day.newCase('next-page-url', { tables: ['conversations'], source: { ...(await day.newCase()).job.source, pageSize: 2 } });
      // Stopped after pages 2 and 3: the second run seals what the first had.
      for (const nth of [2, 2]) expect((await one.underFaults([fault({ kind: 'status', status: 501 }, { ...LATER_PAGE, nth })])).exitCode).toBe(4);
      for (const [pattern, stride, isSound] of [[/checkpoint\.json$/, 1, undefined], [/seg-00001$/, 2, undefined], [/seg-00002$/, 2, (length: number) => length === 0]] as const) {
        expect(await everyDamage(one, await only(one, pattern), 'journal', { stride, ...(isSound === undefined ? {} : { isSound }) })).toBeGreaterThan(300);
      }
      await one.recovers();
    } finally {
      await day.close();
    }
  });

  it('#45 to a changed byte or a cut, of rejected records, is named by verify', async () => {
    const one = await rig.newCase('next-page-url', { onBadRecord: 'reject', tables: ['conversations'] });
    server.serve(pageText([conversationText(1), '{"conversationId":7}']));
    expect((await one.run({ baseUrl: server.baseUrl })).counts?.rejects).toBe(1);
    expect(await everyDamage(one, await only(one, /^_rejects\//), 'file-changed', { stride: 1 })).toBeGreaterThan(100);
  });

  it('#45 a manifest of one day that lies in the place of another’s is named, and so is a data file in the place of another', async () => {
    const one = await rig.newCase('next-page-url', { tables: ['participant_attributes', 'conversations'] });
    await one.recovers();
    const [first, second] = [await only(one, /^_data\/.*conversations/), await only(one, /^_data\/.*participant_attributes/)];
    await rm(join(one.folder, second));
    await copyFile(join(one.folder, first), join(one.folder, second));
    expect(await told(one, second)).toBe('file-changed');
  });
});

describe('damage to a journal that a run would go on from', () => {
  /** A case whose run stopped after page 2 of 3. */
  const stopped = async (): Promise<FaultCase> => {
    const one = await larger.newCase();
    expect((await one.underFaults([fault({ kind: 'status', status: 501 }, { ...LATER_PAGE, nth: 2 })])).exitCode).toBe(4);
    return one;
  };

  it.each([['checkpoint', /checkpoint\.json$/], ['journal segment', /seg-\d+$/]] as const)('#45 (a %s with a changed byte, or cut short) costs requests and no row', async (_, pattern) => {
    const first = await stopped();
    const { length } = await readFile(join(first.folder, await only(first, pattern)));
    for (const at of [0, Math.floor(length / 2), length - 1]) {
      for (const damage of ['flip', 'cut'] as const) {
        const one = await stopped();
        const path = join(one.folder, await only(one, pattern));
        const bytes = await readFile(path);
        bytes[at]! ^= 1 << (at % 8);
        await (damage === 'flip' ? writeFile(path, bytes) : truncate(path, at));
        await one.recovers();
      }
    }
  });
});
