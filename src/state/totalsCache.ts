import * as z from 'zod';
import { errnoCode } from '../model/errnoCode.js';
import type { FileOps } from '../model/files.js';
import { orStateError } from './orStateError.js';
import { replaceFile } from './replaceFile.js';

const Entry = z.object({
  /** UTC epoch milliseconds. */
  startMs: z.int(),
  endMs: z.int(),
  total: z.int().min(0),
  /** When the API was asked, UTC epoch milliseconds. */
  askedMs: z.int(),
});
const Content = z.object({
  formatVersion: z.literal(1),
  /** Of the filters that the counts hold for. */
  filters: z.string(),
  totals: z.array(Entry),
});

/** What the API counted in a window. */
export type KnownTotal = z.infer<typeof Entry>;

/** Counts of the API that were asked for lately, so that the next plan need not ask again. */
export interface TotalsCache {
  /** Those asked for with the same filters less than a day ago; a file that cannot be read holds none. */
  read(nowMs: number): Promise<readonly KnownTotal[]>;
  /** Keeps these in place of what is there. @throws StateError */
  write(totals: readonly KnownTotal[]): Promise<void>;
}

/** How long a count is good enough for an estimate. */
const FRESH_MS = 24 * 3_600_000;
const NAME = 'totals.json';

const decode = (text: string): z.infer<typeof Content> | undefined => {
  try {
    return Content.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

/**
 * The counts in `_ledger/totals.json` of a job's folder. Shape: one JSON object. Nothing rests on it: it may be deleted at any time.
 *
 * @param filters names the job's filters: counts of others are of no use.
 */
export const createTotalsCache = (files: FileOps, jobFolder: string, filters: string): TotalsCache => {
  const folder = `${jobFolder}/_ledger`;
  return {
    async read(nowMs) {
      try {
        if ((await files.look(`${folder}/${NAME}`)) === undefined) return [];
        const content = decode(new TextDecoder().decode(await files.readFile(`${folder}/${NAME}`)));
        return content?.filters === filters ? content.totals.filter(({ askedMs }) => askedMs <= nowMs && nowMs - askedMs < FRESH_MS) : [];
      } catch (error) {
        if (errnoCode(error) === undefined) throw error;
        return [];
      }
    },
    async write(totals) {
      await orStateError(`${folder}/${NAME}`, 'written', async () => {
        await files.makeFolder(folder);
        await replaceFile(files, folder, NAME, new TextEncoder().encode(`${JSON.stringify({ formatVersion: 1, filters, totals })}\n`));
      });
    },
  };
};
