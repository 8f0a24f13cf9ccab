import * as z from 'zod';
import { errnoCode } from '../model/errnoCode.js';
import type { FileOps } from '../model/files.js';
import { CHANGE_REASONS, NONE_FOLLOWED, type Followed } from '../model/glance.js';
import type { Log } from '../model/ports.js';
import { orStateError } from './orStateError.js';
import { replaceFile } from './replaceFile.js';

const Conversations = z.array(z.object({ id: z.string(), partition: z.string(), fingerprint: z.string().nullable(), endedMs: z.int().nullable() }));

/** A file without looks is of an earlier make: what is due in it is looked at anew. */
const Content = z.object({
  formatVersion: z.literal(1),
  conversations: Conversations,
  due: z.array(z.object({ partition: z.string(), reason: z.enum(CHANGE_REASONS) })),
  looks: z.array(z.object({ partition: z.string(), asOfMs: z.int(), conversations: Conversations })).default([]),
  finished: z.array(z.string()).default([]),
  lookedMs: z.int().nullable(),
});

/** What is remembered of followed conversations. */
export interface FollowedStore {
  /** A file that is missing or cannot be read remembers nothing. */
  read(): Promise<Followed>;
  /** @throws StateError */
  write(followed: Followed): Promise<void>;
}

const NAME = 'followed.json';
const FORGOTTEN = 'what was known of open conversations is lost: settled partitions with open ones are read once more';

/** Undefined for what no run wrote. */
const decode = (text: string): Followed | undefined => {
  try {
    const content = Content.safeParse(JSON.parse(text)).data;
    if (content === undefined) return undefined;
    const { conversations, due, looks, finished, lookedMs } = content;
    return { conversations, due, looks, finished, lookedMs };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

/**
 * `_ledger/followed.json` of a job's folder: ids of conversations and fingerprints, no content. Shape: one JSON object.
 *
 * It may be deleted at any time: which conversations are open stands in the manifests; without it, settled partitions with open ones are read once more.
 */
export const createFollowedStore = (files: FileOps, jobFolder: string, log: Log): FollowedStore => {
  const folder = `${jobFolder}/_ledger`;
  return {
    async read() {
      try {
        if ((await files.look(`${folder}/${NAME}`)) === undefined) return NONE_FOLLOWED;
        const followed = decode(new TextDecoder().decode(await files.readFile(`${folder}/${NAME}`)));
        if (followed !== undefined) return followed;
        log.warn(FORGOTTEN, { file: `_ledger/${NAME}`, reason: 'its content is not what a run writes' });
      } catch (error) {
        const code = errnoCode(error);
        if (code === undefined) throw error;
        log.warn(FORGOTTEN, { file: `_ledger/${NAME}`, reason: code });
      }
      return NONE_FOLLOWED;
    },
    async write(followed) {
      await orStateError(`${folder}/${NAME}`, 'written', async () => {
        await files.makeFolder(folder);
        await replaceFile(files, folder, NAME, new TextEncoder().encode(`${JSON.stringify({ formatVersion: 1, ...followed })}\n`));
      });
    },
  };
};
