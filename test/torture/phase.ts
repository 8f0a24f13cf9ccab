import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filesBelow, publishedTree, readManifests } from './jobFolder.js';

/** Where an exporter was when it was killed, by what it left on disk; of several partitions the one that was furthest. */
export const PHASES = ['starting', 'fetching', 'sealing', 'writing', 'committing', 'publishing', 'cleaning', 'ending'] as const;
/** One of them. */
export type Phase = (typeof PHASES)[number];

const readCheckpoint = async (path: string): Promise<{ readonly partition: string; readonly ended: boolean } | undefined> => {
  try {
    return JSON.parse((await readFile(path, 'utf8')).split('\n')[0] ?? '') as { partition: string; ended: boolean };
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error && error.code === 'ENOENT')) return undefined;
    throw error;
  }
};

/** Looks at what a killed exporter left. */
export const phaseLeftBehind = async (folder: string): Promise<Phase> => {
  const files = await filesBelow(folder);
  if (!files.includes('_lock')) return 'starting';
  const attempts = [...new Set(files.filter((path) => path.startsWith('_journal/')).map((path) => path.split('/')[1] ?? ''))];
  if (attempts.length === 0) return 'ending';
  const { chains } = await readManifests(folder);
  const committed = new Set([...chains.values()].flatMap((chain) => chain.map(({ commitId }) => commitId)));
  const published = await publishedTree(folder);
  let furthest: Phase = 'starting';
  const reach = (phase: Phase): void => {
    if (PHASES.indexOf(phase) > PHASES.indexOf(furthest)) furthest = phase;
  };
  for (const attempt of attempts) {
    const journal = files.filter((path) => path.startsWith(`_journal/${attempt}/`));
    const checkpoint = await readCheckpoint(join(folder, '_journal', attempt, 'checkpoint.json'));
    const data = files.filter((path) => path.startsWith('_data/') && path.includes(attempt));
    const current = checkpoint === undefined ? undefined : chains.get(checkpoint.partition)?.at(-1);
    if (committed.has(attempt)) reach(current?.files.every((file) => published.get(file.publishedAs) === file.sha256) === true ? 'cleaning' : 'publishing');
    else if (files.some((path) => path.startsWith(`_manifests/${checkpoint?.partition ?? '?'}/`) && path.includes('.tmp-'))) reach('committing');
    else if (checkpoint?.ended === true || data.length > 0) reach('writing');
    else reach(journal.some((path) => path.includes('.tmp-')) ? 'sealing' : 'fetching');
  }
  return furthest;
};
