import { StateError } from '../model/errors.js';
import type { FileOps } from '../model/files.js';
import type { AttemptFacts, Journal, JournalStore } from '../model/journal.js';
import type { Clock, Log } from '../model/ports.js';
import { readCheckpoint, type Checkpoint } from './checkpointFile.js';
import { PageJournal } from './pageJournal.js';

/** What the journals of a job need. */
export interface JournalStoreDeps {
  readonly files: FileOps;
  readonly clock: Clock;
  readonly log: Log;
  /** `<root>/<job>`. */
  readonly jobFolder: string;
}

const ATTEMPT = /^[0-9a-f]{32}$/;

const removeFolder = async (files: FileOps, folder: string): Promise<void> => {
  for (const name of await files.list(folder)) await files.unlink(`${folder}/${name}`);
  await files.removeFolder(folder);
};

/** The journals under `_journal` of a job's folder. */
export const createJournalStore = (deps: JournalStoreDeps): JournalStore => {
  const { files, log } = deps;
  const root = `${deps.jobFolder}/_journal`;
  const place = (attemptId: string): { files: FileOps; clock: Clock; folder: string } => ({ files, clock: deps.clock, folder: `${root}/${attemptId}` });

  const setAside = async (folder: string, error: StateError): Promise<void> => {
    await files.rename(folder, `${folder}.damaged`);
    await files.syncFolder(root);
    log.warn('journal set aside', { path: `${folder}.damaged`, reason: error.message });
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

  const attempts = async (): Promise<Checkpoint[]> => {
    const found: Checkpoint[] = [];
    for (const name of await files.list(root)) {
      if (!ATTEMPT.test(name)) continue;
      const checkpoint = await readOrSetAside(`${root}/${name}`);
      if (checkpoint !== undefined) found.push(checkpoint);
    }
    return found;
  };

  return {
    attempts,
    discard: (attemptId) => removeFolder(files, `${root}/${attemptId}`),
    async resume(partition, requestHash) {
      let found: Journal | undefined;
      for (const checkpoint of await attempts()) {
        if (checkpoint.partition !== partition) continue;
        if (found === undefined && checkpoint.requestHash === requestHash) found = await whole(checkpoint);
        else await removeFolder(files, `${root}/${checkpoint.attemptId}`);
      }
      return found;
    },
    async create(facts: AttemptFacts) {
      await files.makeFolder(root);
      return PageJournal.create(place(facts.attemptId), facts);
    },
  };
};
