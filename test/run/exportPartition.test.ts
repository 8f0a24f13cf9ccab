import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/model/manifest.js';
import { TABLE_NAMES } from '../../src/model/table.js';
import { fault, type FaultCase, type FaultRig } from '../support/faultRig.js';
import type { PageServer } from '../support/pageServer.js';
import { startPagesRig } from '../support/pagesRig.js';
import { hashesOf } from '../support/treeOf.js';

const DAY_MS = 86_400_000;
/** Nothing is settled within it. */
const LONG_LOOKBACK = { lookbackMs: 3650 * DAY_MS };

let rig: FaultRig;
let server: PageServer;
beforeAll(async () => {
  ({ rig, server } = await startPagesRig());
});

const resultsOf = async (run: ReturnType<FaultCase['run']>): Promise<unknown> => {
  const { report, text } = await run;
  return report?.outcomes.map((outcome) => (outcome.result === 'failed' ? text : outcome.result));
};

/** The manifest of a version of the one day. */
const manifestOf = async (one: FaultCase, version: number): Promise<Manifest> => {
  const text = await readFile(join(one.folder, `_manifests/dt=2026-01-05/${String(version).padStart(16, '0')}.json`), 'utf8');
  return JSON.parse(text.slice(0, text.indexOf('\n'))) as Manifest;
};

describe('a day that is exported again', () => {
  const session = (id: string): string => `{"sessionId":"${id}","mediaType":"voice","segments":[{"segmentType":"ivr"}],"metrics":[{"name":"tTalk","value":5}]}`;
  const participant = (id: string, attributes: string, sessions: readonly string[]): string => `{"participantId":"${id}","purpose":"customer","attributes":{${attributes}},"sessions":[${sessions.join(',')}]}`;
  const page = (...participants: readonly string[]): string =>
    `{"entities":[{"conversationId":"c-1","conversationStart":"2026-01-05T01:00:00.000Z","conversationEnd":"2026-01-05T02:00:00.000Z","divisionIds":["d"],"participants":[${participants.join(',')}]}]}`;
  const [a, b] = [session('s-1'), session('s-2')];
  const first = page(participant('p-1', '"x":"1","y":"2"', [a, b]), participant('p-2', '"z":"3"', []));

  it.each([
    ['attribute keys', page(participant('p-1', '"y":"2","x":"1"', [a, b]), participant('p-2', '"z":"3"', []))],
    ['sessions', page(participant('p-1', '"x":"1","y":"2"', [b, a]), participant('p-2', '"z":"3"', []))],
    ['participants', page(participant('p-2', '"z":"3"', []), participant('p-1', '"x":"1","y":"2"', [a, b]))],
  ])('commits no new version where the API gives the same rows in another order: %s', async (what, reordered) => {
    const one = await rig.newCase('next-page-url', { ...LONG_LOOKBACK, name: `order-${what.replace(' ', '-')}`, tables: TABLE_NAMES });
    const run = (text: string, day: number): Promise<unknown> => {
      server.setClock(Date.UTC(2026, 5, day, 12));
      server.serve(text);
      return resultsOf(one.run({ baseUrl: server.baseUrl }));
    };
    expect(await run(first, 1)).toEqual(['committed']);
    const before = await hashesOf(one.folder);
    expect(await run(reordered, 2)).toEqual(['unchanged']);
    const after = await hashesOf(one.folder);
    expect(Object.keys(after).filter((path) => /^(?:_manifests|_data|parquet)\//.test(path) && after[path] !== before[path])).toEqual([]);
    // A value that is another one is another version, in whichever order.
    expect(await run(reordered.replace('"x":"1"', '"x":"9"'), 3)).toEqual(['committed']);
    expect((await manifestOf(one, 2)).supersedes?.changes).toMatchObject({ participant_attributes: { changed: 1, appeared: 0, vanished: 0 } });
    expect(await one.errors()).toEqual([]);
  });

  it('becomes settled when the lookback was shortened, though the source is no fresher and no row is another', async () => {
    server.setClock(Date.UTC(2026, 5, 1, 12));
    server.serve(first);
    const young = await rig.newCase('next-page-url', { ...LONG_LOOKBACK, name: 'shortened' });
    expect(await resultsOf(young.run({ baseUrl: server.baseUrl }))).toEqual(['committed']);
    expect(await resultsOf(young.run({ baseUrl: server.baseUrl }))).toEqual(['current']);
    const old = await rig.newCase('next-page-url', { lookbackMs: 0, name: 'shortened' }, young.root);
    expect(await resultsOf(old.run({ baseUrl: server.baseUrl }))).toEqual(['committed']);
    const [before, after] = [await manifestOf(old, 1), await manifestOf(old, 2)];
    expect([before.state, after.state, after.rowsHash === before.rowsHash, after.sourceAsOf]).toEqual(['provisional', 'settled', true, before.sourceAsOf]);
    expect(await old.errors()).toEqual([]);
  });
});

describe('a data lake that answers with less than it held', () => {
  const OLDER = '2026-03-01T00:00:00.000Z';
  const older = fault({ kind: 'dataAvailabilityDate', to: OLDER }, { path: '*/results' });

  it('is taken where the committed files are gone: there is nothing else', async () => {
    const one = await rig.newCase('job-cursor');
    expect(await resultsOf(one.run())).toEqual(['committed']);
    expect(Date.parse((await manifestOf(one, 1)).sourceAsOf.at)).toBeGreaterThan(Date.parse(OLDER));
    await rm(join(one.folder, '_data'), { recursive: true });
    await rm(join(one.folder, 'parquet'), { recursive: true });
    expect(await resultsOf(one.underFaults([older]))).toEqual(['committed']);
    expect((await manifestOf(one, 2)).sourceAsOf.at).toBe((await manifestOf(one, 1)).sourceAsOf.at);
    expect(await one.errors()).toEqual([]);
  });

  it('never takes the mark of a partition back, also where it is replaced on purpose', async () => {
    const one = await rig.newCase('job-cursor');
    expect(await resultsOf(one.run())).toEqual(['committed']);
    expect(await resultsOf(one.underFaults([older], { force: true }))).toEqual(['committed']);
    expect((await manifestOf(one, 2)).sourceAsOf).toEqual((await manifestOf(one, 1)).sourceAsOf);
    expect(await one.errors()).toEqual([]);
  });
});
