import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryPath } from './childProcess.js';
import { compileChildren } from './compiled.js';
import { describeMachine } from './machine.js';
import { resultsText, type Results } from './resultsText.js';
import { growth, large, main, memory, onePartition, profile, queries, reading, small, startUps, variants, type SectionContext } from './sections.js';

/*
 * Measures the built exporter beside its alternatives and writes bench/RESULTS.md. Linux only: it reads /proc.
 *   npm run bench [-- --runs 5] [--only main,memory,…] [--data FOLDER] [--profile small-20k|small-100k|large-20k|one-day-500k]
 * --data keeps the prepared pages (3 GB) for the next time; --only measures some sections anew and keeps the others' figures from there.
 */

const { values: given } = parseArgs({
  options: { runs: { type: 'string', default: '5' }, only: { type: 'string' }, data: { type: 'string' }, profile: { type: 'string' } },
});

const SECTIONS: { readonly [S in Exclude<keyof Results, 'machine'>]: (context: SectionContext) => Promise<Results[S]> } = { startUps, reading, main, onePartition, small, large, variants, queries, growth, memory };
type Section = keyof typeof SECTIONS;
const isSection = (name: string): name is Section => name in SECTIONS;

const readResults = async (path: string): Promise<Results> => {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Results;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
};

const measureSections = async (context: SectionContext, wanted: readonly Section[]): Promise<void> => {
  const path = join(context.data, 'results.json');
  let results = await readResults(path);
  for (const section of wanted) {
    results = { ...results, machine: { ...results.machine, [section]: await describeMachine() }, [section]: await SECTIONS[section](context) };
    await writeFile(path, JSON.stringify(results, undefined, 1));
    await writeFile(repositoryPath('bench/RESULTS.md'), resultsText(results));
  }
};

const data = given.data ?? (await mkdtemp(join(tmpdir(), 'gcx-bench-data-')));
const context: SectionContext = { data, runs: Number(given.runs), log: (line) => process.stdout.write(`${line}\n`) };
const wanted = given.only?.split(',') ?? Object.keys(SECTIONS);
const unknown = wanted.filter((name) => !isSection(name));
try {
  if (unknown.length > 0) throw new Error(`no such section: ${unknown.join(', ')}; there are ${Object.keys(SECTIONS).join(', ')}`);
  await mkdir(data, { recursive: true });
  compileChildren();
  if (given.profile === undefined) await measureSections(context, wanted.filter(isSection));
  else if (given.profile === 'small-20k' || given.profile === 'small-100k' || given.profile === 'large-20k' || given.profile === 'one-day-500k') {
    context.log(await profile(context, { pages: given.profile, mostPagesADay: 1_000 }));
  } else throw new Error('--profile small-20k, small-100k, large-20k or one-day-500k');
} finally {
  if (given.data === undefined) await rm(data, { recursive: true, force: true });
}
