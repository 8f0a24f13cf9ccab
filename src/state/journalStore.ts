import { StateError } from '../model/errors.js';
import type { FileOps } from '../model/files.js';
import type { AttemptFacts, Journal, JournalStore } from '../model/journal.js';
import type { Position } from '../model/page.js';
import type { Clock, Log } from '../model/ports.js';
import { withFileTrouble } from './fileTrouble.js';
import { readCheckpoint, type Checkpoint } from './checkpointFile.js';
import { PageJournal, type JournalPlace } from './pageJournal.js';
import { GONE, removeFolder, removeJournal } from './removeJournal.js';

/** What the journals of a job need. */
export interface JournalStoreDeps {
  readonly files: FileOps;
  readonly clock: Clock;
  readonly log: Log;
  /** `<root>/<job>`. */
  readonly jobFolder: string;
}

const ATTEMPT = /^[0-9a-f]{32}$/;

/** What the name of a journal that was set aside ends in. */
const DAMAGED = '.damaged';

/** The journals under `_journal` of a job's folder. */
export const createJournalStore = (deps: JournalStoreDeps): JournalStore => {
  const { log } = deps;
  const files = withFileTrouble(deps.files);
  const root = `${deps.jobFolder}/_journal`;
  const place = (attemptId: string): JournalPlace => ({ files, clock: deps.clock, folder: `${root}/${attemptId}` });

  const setAside = async (folder: string, error: StateError): Promise<void> => {
    await files.rename(folder, `${folder}${DAMAGED}`);
    await files.syncFolder(root);
    log.warn('journal set aside', { path: `${folder}${DAMAGED}`, reason: error.message });
  };

  const readOrSetAside = async (folder: string): Promise<Checkpoint | undefined> => {
    try {
      return await readCheckpoint(files, folder);
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      // Without its checkpoint a journal holds nothing that counts as accepted; an empty one is a crash before the first.
      if ((await files.list(folder)).some((name) => !name.startsWith('.tmp-'))) await setAside(folder, error);
      else await removeFolder(files, folder);
      return undefined;
    }
  };

  const whole = async (checkpoint: Checkpoint): Promise<Journal | undefined> => {
    const journal = new PageJournal(place(checkpoint.attemptId), checkpoint);
    try {
      for await (const page of journal.pages()) void page;
      return journal;
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      await setAside(`${root}/${checkpoint.attemptId}`, error);
      return undefined;
    }
  };

  /** The attempts this store handed out, by id, with their partitions: several partitions are under way at once, and each owns its journal. */
  const inHands = new Map<string, string>();

  const attempts = async (isForeign: (attemptId: string) => boolean = () => false): Promise<Checkpoint[]> => {
    const found: Checkpoint[] = [];
    for (const name of await files.list(root)) {
      if (!ATTEMPT.test(name) || isForeign(name)) continue;
      const checkpoint = await readOrSetAside(`${root}/${name}`);
      if (checkpoint !== undefined) found.push(checkpoint);
    }
    return found;
  };

  const resume = async (partition: string, requestHash: string, release?: (position: Position) => Promise<void>): Promise<Journal | undefined> => {
    let found: Journal | undefined;
    for (const checkpoint of await attempts((id) => (inHands.get(id) ?? partition) !== partition)) {
      if (checkpoint.partition !== partition) continue;
      const isWanted = found === undefined && checkpoint.requestHash === requestHash;
      if (isWanted) found = await whole(checkpoint);
      if (found?.attemptId === checkpoint.attemptId) continue;
      if (checkpoint.position !== null) await release?.(checkpoint.position);
      if (!isWanted) await removeJournal(files, `${root}/${checkpoint.attemptId}`);
    }
    if (found !== undefined) inHands.set(found.attemptId, partition);
    return found;
  };
  let lastLook: Promise<unknown> = Promise.resolve();

  /** When the newest of a journal's files was written. */
  const writtenMs = async (folder: string): Promise<number> => {
    const found = await Promise.all((await files.list(folder)).map(async (name) => (await files.look(`${folder}/${name}`))?.modifiedMs ?? 0));
    return Math.max(0, ...found);
  };

  /** What a kill left of journals that were being removed, and damaged ones that nobody has looked into for long. */
  const sweep = async (forgottenMs: number): Promise<void> => {
    for (const name of await files.list(root)) {
      const path = `${root}/${name}`;
      if (name.endsWith(GONE) || (name.endsWith(DAMAGED) && (await writtenMs(path)) < forgottenMs)) await removeFolder(files, path);
    }
  };

  return {
    async attempts(forgottenMs) {
      await sweep(forgottenMs);
      const found = await attempts();
      return Promise.all(found.map(async ({ attemptId, partition, sourceAsOf, position }) => ({ attemptId, partition, sourceAsOf, position, writtenMs: await writtenMs(`${root}/${attemptId}`) })));
    },
    discard: (attemptId) => removeJournal(files, `${root}/${attemptId}`),
    resume(partition, requestHash, release) {
      // One look at a time: a journal that another partition takes, writes or removes meanwhile would be seen half.
      const look = lastLook.then(() => resume(partition, requestHash, release));
      lastLook = look.catch(() => undefined);
      return look;
    },
    async create(facts: AttemptFacts) {
      inHands.set(facts.attemptId, facts.partition);
      await files.makeFolder(root);
      return PageJournal.create(place(facts.attemptId), facts);
    },
  };
};
