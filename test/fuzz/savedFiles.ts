import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { checkJournals } from '../../src/audit/journals.js';
import { decodeManifest as decodeForAudit } from '../../src/audit/manifestFile.js';
import { Findings } from '../../src/audit/findings.js';
import { StateError } from '../../src/model/errors.js';
import type { FileOps } from '../../src/model/files.js';
import type { Journal, PageFacts } from '../../src/model/journal.js';
import { decodeManifest, encodeManifest } from '../../src/sink/manifestFile.js';
import { createNodeFiles } from '../../src/sink/nodeFiles.js';
import { readCheckpoint } from '../../src/state/checkpointFile.js';
import { createFailures } from '../../src/state/failures.js';
import { createJournalStore } from '../../src/state/journalStore.js';
import { readLockFile } from '../../src/state/lockHolder.js';
import { createTotalsCache } from '../../src/state/totalsCache.js';
import { aManifest } from '../support/aManifest.js';
import { createManualClock } from '../support/manualClock.js';
import { createRecordingLog } from '../support/recordingLog.js';
import { anyBody, damaged, fuzzTarget, type FuzzTarget } from './fuzzTarget.js';

const ATTEMPT = 'a'.repeat(32);
const PARTITION = 'dt=2026-01-05';
const files = createNodeFiles({ fileMode: 0o600, dirMode: 0o700 });

/** One file that is these bytes, whatever its path. */
const holding = (bytes: Uint8Array<ArrayBuffer>): FileOps => ({
  ...files,
  look: () => Promise.resolve({ kind: 'file', size: bytes.length, modifiedMs: 0, mode: 0o600, inode: 1 }),
  readFile: () => Promise.resolve(bytes),
  list: (path) => Promise.resolve(path.endsWith('_failures') ? [`${PARTITION}.json`] : []),
});

const facts = (n: number): PageFacts => ({ position: { kind: 'next-page-url', page: n, link: `/api/${String(n)}` }, generation: 0, fetched: n, replacedText: 0, repeatedKeys: 0, rejects: [] });
const block = (n: number): Uint8Array<ArrayBuffer> => new Uint8Array(40).fill(n);
const storeOf = (jobFolder: string): ReturnType<typeof createJournalStore> => createJournalStore({ files, clock: createManualClock(), log: createRecordingLog(), jobFolder });

/** Pages of a journal, each the one that was written under its number. @throws where one is not */
const pagesOf = async (journal: Journal): Promise<number[]> => {
  const found: number[] = [];
  for await (const page of journal.pages()) {
    assert.deepEqual(page.block, block(page.facts.fetched));
    assert.deepEqual(page.facts, facts(page.facts.fetched));
    found.push(page.facts.fetched);
  }
  return found;
};

/** A journal of two sealed pages and two that are not, as a kill leaves it. */
const killedJournal = async (jobFolder: string): Promise<Readonly<Record<string, Uint8Array<ArrayBuffer>>>> => {
  const first = await storeOf(jobFolder).create({ attemptId: ATTEMPT, partition: PARTITION, requestHash: 'r', sourceAsOf: { ms: 1, origin: 'date-header' } });
  for (const n of [1, 2]) await first.append(block(n), facts(n));
  await first.close();
  const second = await storeOf(jobFolder).resume(PARTITION, 'r');
  assert.ok(second !== undefined);
  assert.deepEqual(await pagesOf(second), [1, 2]);
  for (const n of [3, 4]) await second.append(block(n), facts(n));
  await second.close();
  const folder = join(jobFolder, '_journal', ATTEMPT);
  return Object.fromEntries(await Promise.all((await readdir(folder)).map(async (name) => [name, Uint8Array.from(await readFile(join(folder, name)))] as const)));
};

/** The first n of the pages, or nothing: never others, never in another order. */
const isPrefix = (pages: readonly number[]): boolean => pages.every((page, i) => page === i + 1);

const journalTargets = async (folder: string): Promise<readonly FuzzTarget[]> => {
  const original = await killedJournal(join(folder, 'killed'));
  const jobFolder = join(folder, 'job');
  const place = join(jobFolder, '_journal', ATTEMPT);
  const lay = async (changed: string, bytes: Uint8Array): Promise<void> => {
    await rm(jobFolder, { recursive: true, force: true });
    await mkdir(place, { recursive: true });
    for (const [name, was] of Object.entries(original)) await writeFile(join(place, name), name === changed ? bytes : was);
  };
  return Object.entries(original).map(([name, bytes]) =>
    fuzzTarget(`journal: ${name}`, damaged(bytes), async (now) => {
      await lay(name, now);
      const findings = new Findings();
      await checkJournals({ files, job: 'job', jobFolder, tables: {} as never }, () => true, findings);
      // Cut off after a whole page it is what it was a page ago.
      const isEarlier = name === 'seg-00002' && (now.length === 0 || (now.length === bytes.length / 2 && Buffer.compare(now, bytes.subarray(0, now.length)) === 0));
      assert.ok(isEarlier || findings.all.length > 0, 'the audit finds nothing');
      const journal = await storeOf(jobFolder).resume(PARTITION, 'r');
      // A checkpoint that was cut to nothing but its own state is refused whole; of the pages that were not sealed the first undamaged ones are kept.
      if (journal === undefined) return;
      assert.ok(name !== 'checkpoint.json' && name !== 'seg-00001', 'a damaged journal is taken up');
      const pages = await pagesOf(journal);
      assert.ok(isPrefix(pages) && pages.length >= 2, pages.join());
      assert.deepEqual(journal.position, facts(pages.length).position);
      await journal.close();
    }, 10),
  );
};

const MANIFEST = encodeManifest(aManifest({ exporterVersion: 'ü' }));

/** What a run leaves for the next, read by it and by the audit. Gives them for an empty folder. */
export const savedFileTargets = async (folder: string): Promise<readonly FuzzTarget[]> => {
  const journals = await journalTargets(folder);
  const checkpoint = Uint8Array.from(await readFile(join(folder, 'killed', '_journal', ATTEMPT, 'checkpoint.json')));
  return [
    ...journals,
    fuzzTarget('checkpoint', damaged(checkpoint), async (bytes) => {
      await assert.rejects(readCheckpoint(holding(bytes), '/nowhere'), StateError);
    }),
    fuzzTarget('manifest, by the writer and by the audit', damaged(MANIFEST), (bytes) => {
      assert.equal(typeof decodeManifest(bytes), 'string');
      assert.equal(typeof decodeForAudit(bytes), 'string');
    }),
    fuzzTarget('manifest with a hash that fits', anyBody('formatVersion', 'job', 'partition', 'version', 'files', 'counts', 'window', 'state'), async (body) => {
      const { createHash } = await import('node:crypto');
      const text = Buffer.concat([body, Buffer.from('\n')]);
      const bytes = Buffer.concat([text, Buffer.from(`${createHash('sha256').update(text).digest('hex')}\n`)]);
      assert.equal(typeof decodeManifest(bytes), 'string');
      assert.equal(typeof decodeForAudit(bytes), 'string');
    }),
    fuzzTarget('failure record', fc.oneof(anyBody('partition', 'at', 'error', 'message', 'remedy', 'exitCode', 'attempts'), fc.uint8Array({ maxLength: 40 }).map((bytes) => Uint8Array.from(bytes))), async (bytes) => {
      const [found] = await createFailures(holding(bytes), '/nowhere').list();
      assert.ok(found?.kind === 'unreadable' || found?.failure.partition === PARTITION);
    }),
    fuzzTarget('lock', fc.oneof(anyBody('pid', 'host', 'bootId', 'processStartTicks', 'startedAt', 'token'), fc.uint8Array({ maxLength: 40 }).map((bytes) => Uint8Array.from(bytes))), async (bytes) => {
      const found = await readLockFile(holding(bytes), '/nowhere/_lock');
      if (found.kind === 'held') assert.match(found.holder.token, /^[0-9a-zA-Z-]{1,64}$/);
    }),
    fuzzTarget('kept counts', anyBody('formatVersion', 'filters', 'totals'), async (bytes) => {
      for (const total of await createTotalsCache(holding(bytes), '/nowhere', 'f').read(0)) assert.ok(total.total >= 0);
    }),
  ];
};
