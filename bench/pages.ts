import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createDataset } from '../src/simulate/dataset.js';

const DAY_MS = 86_400_000;
const FROM = '2026-01-05';
/** Long after the last day: every conversation looks the way it always will. */
const SEEN_MS = Date.UTC(2026, 8, 1);
const ROWS_KEY = 'entities';
/** Folders that were prepared otherwise are prepared anew. */
const FORMAT = 2;

/** Conversations a prepared page holds. */
export const PAGE_CONVERSATIONS = 100;
/** What a prepared page on disk has before its conversations. */
export const PAGE_HEAD = `{"${ROWS_KEY}":[`;
/** And after them. */
export const PAGE_TAIL = ']}';

/** What pages are prepared from. */
export interface PagesOptions {
  readonly days: number;
  readonly conversationsPerDay: number;
  readonly size: 'small' | 'large';
  readonly hostile?: boolean;
}

/** A day of prepared pages. */
export interface PreparedDay {
  /** `YYYY-MM-DD`. */
  readonly dt: string;
  readonly pages: number;
}

/** Pages on disk: one folder a day, one JSON document a page. */
export interface PreparedPages {
  readonly days: readonly PreparedDay[];
  readonly conversations: number;
  /** UTF-8 bytes of all pages. */
  readonly jsonBytes: number;
}

/** The name of a page in its day's folder. */
export const pageName = (page: number): string => `page-${String(page).padStart(5, '0')}.json`;

/** When the conversations of a day started, in order, and how long their texts are. Units: UTC epoch milliseconds; bytes. */
export interface ConversationStarts {
  readonly starts: readonly number[];
  readonly lengths: readonly number[];
}

/** The file beside a day's folder that tells its `ConversationStarts`. */
export const startsName = (dt: string): string => `${dt}.starts.json`;

/** The day so many days after a day. */
export const dayAfter = (dt: string, days = 1): string => new Date(Date.parse(`${dt}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

const readPrepared = async (folder: string): Promise<PreparedPages | undefined> => {
  try {
    const { format, ...prepared } = JSON.parse(await readFile(join(folder, 'prepared.json'), 'utf8')) as PreparedPages & { readonly format?: number };
    return format === FORMAT ? prepared : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};

/**
 * Serialises a seeded dataset into pages on disk, in the order of the conversations' starts; what is there already is taken as it is.
 *
 * Why on disk: DuckDB reads them there, and servers load them without making them again.
 */
export const preparePages = async (folder: string, { days, conversationsPerDay, size, hostile = false }: PagesOptions): Promise<PreparedPages> => {
  const known = await readPrepared(folder);
  if (known !== undefined) return known;
  await rm(folder, { recursive: true, force: true });
  const dataset = createDataset({ seed: 1, from: FROM, days, conversationsPerDay, size, hostile });
  const showing = { asOfMs: SEEN_MS, attributes: true, spelling: 'gateway' } as const;
  const prepared: PreparedDay[] = [];
  let conversations = 0;
  let jsonBytes = 0;
  for (let day = 0; day < days; day++) {
    const dt = dayAfter(FROM, day);
    await mkdir(join(folder, dt), { recursive: true });
    const startMs = Date.parse(`${dt}T00:00:00Z`);
    const first = dataset.calendar.firstFrom(startMs);
    const end = dataset.calendar.firstFrom(startMs + DAY_MS);
    const [starts, lengths]: [number[], number[]] = [[], []];
    let pages = 0;
    for (let at = first; at < end; at += PAGE_CONVERSATIONS) {
      const texts: string[] = [];
      for (let i = at; i < Math.min(end, at + PAGE_CONVERSATIONS); i++) {
        const text = dataset.text(dataset.history(i), showing);
        texts.push(text);
        starts.push(dataset.calendar.startMs(i));
        lengths.push(Buffer.byteLength(text));
      }
      const bytes = Buffer.from(`${PAGE_HEAD}${texts.join(',')}${PAGE_TAIL}`);
      await writeFile(join(folder, dt, pageName(pages++)), bytes);
      conversations += texts.length;
      jsonBytes += bytes.length;
    }
    await writeFile(join(folder, startsName(dt)), JSON.stringify({ starts, lengths } satisfies ConversationStarts));
    prepared.push({ dt, pages });
  }
  const result = { days: prepared, conversations, jsonBytes };
  await writeFile(join(folder, 'prepared.json'), JSON.stringify({ format: FORMAT, ...result }));
  return result;
};

/** The same pages cut off after so many a day, as links in a folder of their own. */
export const firstPages = async (folder: string, { days }: PreparedPages, most: number, target: string): Promise<PreparedPages> => {
  const known = await readPrepared(target);
  if (known !== undefined) return known;
  await rm(target, { recursive: true, force: true });
  const cut = days.map(({ dt, pages }) => ({ dt, pages: Math.min(pages, most) }));
  let conversations = 0;
  let jsonBytes = 0;
  for (const { dt, pages } of cut) {
    await mkdir(join(target, dt), { recursive: true });
    await link(join(folder, startsName(dt)), join(target, startsName(dt)));
    for (let page = 0; page < pages; page++) {
      const bytes = await readFile(join(folder, dt, pageName(page)));
      jsonBytes += bytes.length;
      conversations += (JSON.parse(bytes.toString()) as { entities: unknown[] }).entities.length;
      await link(join(folder, dt, pageName(page)), join(target, dt, pageName(page)));
    }
  }
  const result = { days: cut, conversations, jsonBytes };
  await writeFile(join(target, 'prepared.json'), JSON.stringify({ format: FORMAT, ...result }));
  return result;
};
