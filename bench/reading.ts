import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPage } from '../src/source/page/readPage.js';

/*
 * What it takes to turn a page's bytes into conversations: JSON.parse of its text, which checks nothing, and the exporter's reader, which checks everything
 * that it passes. Each in turn, over the same pages; processor time of this thread. Argument: a folder of prepared pages.
 */

const PAGES = 200;
const ROUNDS = 7;
const USUAL = { participantDetails: false, sessionDetails: false, segments: false, metrics: false, participantKeys: true, sessionKeys: false };
const ALL = { participantDetails: true, sessionDetails: true, segments: true, metrics: true, participantKeys: true, sessionKeys: true };

/** Units: bytes of JSON a microsecond, which is MB a second: the median of the rounds but the first. */
export interface ReadingRates {
  readonly text: number;
  readonly parse: number;
  readonly readUsual: number;
  readonly readAll: number;
}

const [folder = ''] = process.argv.slice(2);
const pages = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .slice(0, PAGES)
  .map((name) => new Uint8Array(readFileSync(join(folder, name))));
const bytes = pages.reduce((sum, page) => sum + page.length, 0);
const ignore = (): void => undefined;
const textOf = (page: Uint8Array<ArrayBuffer>): string => Buffer.from(page.buffer, page.byteOffset, page.byteLength).toString();

const ways: Readonly<Record<keyof ReadingRates, (page: Uint8Array<ArrayBuffer>) => unknown>> = {
  text: textOf,
  parse: (page) => JSON.parse(textOf(page)),
  readUsual: (page) => readPage(page, 'next-page-url', 'page', USUAL, ignore),
  readAll: (page) => readPage(page, 'next-page-url', 'page', ALL, ignore),
};

const rates: Record<keyof ReadingRates, number[]> = { text: [], parse: [], readUsual: [], readAll: [] };
for (let round = 0; round < ROUNDS; round++) {
  for (const way of Object.keys(ways) as (keyof ReadingRates)[]) {
    const before = process.cpuUsage();
    for (const page of pages) ways[way](page);
    const { user, system } = process.cpuUsage(before);
    if (round > 0) rates[way].push(bytes / (user + system));
  }
}
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
process.stdout.write(JSON.stringify(Object.fromEntries(Object.entries(rates).map(([way, values]) => [way, median(values)]))));
