import { join } from 'node:path';
import { startServer } from './childProcess.js';
import type { Course } from './contestants.js';
import { firstPages, preparePages, type PagesOptions } from './pages.js';

/** Prepared pages that measurements share; each is made once a data folder. */
export const PAGES = {
  'small-20k': { days: 10, conversationsPerDay: 2_000, size: 'small' },
  'small-100k': { days: 10, conversationsPerDay: 10_000, size: 'small' },
  'large-20k': { days: 10, conversationsPerDay: 2_000, size: 'large' },
  'hostile-20k': { days: 10, conversationsPerDay: 2_000, size: 'small', hostile: true },
  'one-day-100k': { days: 1, conversationsPerDay: 100_000, size: 'small' },
  'one-day-500k': { days: 1, conversationsPerDay: 500_000, size: 'small' },
  'fifty-days-20k': { days: 50, conversationsPerDay: 400, size: 'small' },
  month: { days: 30, conversationsPerDay: 2_000, size: 'small' },
} as const satisfies Record<string, PagesOptions>;

/** Which prepared pages, all of them or only so many a day. */
export interface CourseOptions {
  readonly pages: keyof typeof PAGES;
  readonly mostPagesADay?: number;
  /** Each page so many times, with other ids each time. */
  readonly repeats?: number;
}

/** Serves prepared pages from a process of its own while the work lasts. */
export const withCourse = async <T>(data: string, { pages: name, mostPagesADay, repeats = 1 }: CourseOptions, work: (course: Course) => Promise<T>): Promise<T> => {
  const whole = join(data, name);
  const folder = mostPagesADay === undefined ? whole : `${whole}-first-${String(mostPagesADay)}`;
  const all = await preparePages(whole, PAGES[name]);
  const pages = mostPagesADay === undefined ? all : await firstPages(whole, all, mostPagesADay, folder);
  const server = await startServer('bench/loadServer.ts', { folder, days: pages.days, repeats });
  try {
    return await work({ folder, pages, baseUrl: server.baseUrl });
  } finally {
    await server.stop();
  }
};
