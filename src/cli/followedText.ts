import type { ChangeReason } from '../model/glance.js';
import type { FollowReport } from '../run/report.js';
import { countText, plural } from './figures.js';
import { messageLine } from './outcomeLine.js';
import type { FollowedFacts } from './openedJob.js';

/** `conversations-ended` as people read it. */
export const reasonText = (reason: string): string => reason.replaceAll('-', ' ');

const WHAT: Readonly<Record<ChangeReason, string>> = {
  'conversations-ended': 'ended',
  'conversations-reopened': 'reopened',
  'conversations-changed': 'changed',
  'conversations-vanished': 'vanished',
  'conversations-open': 'not known before',
};

/** Whom the next run looks at, on one line. */
export const followedLine = (followed: FollowedFacts | null): readonly string[] =>
  followed === null || followed.partitions === 0
    ? []
    : [`followed: ${plural(followed.conversations, 'open or lately ended conversation')} of ${plural(followed.partitions, 'settled partition')}; a run looks at ${followed.conversations === 1 ? 'it' : 'them'} first`];

/** What came of the look, on one line. */
export const followedResult = ({ conversations, partitions, changes, restated, failure }: FollowReport): string => {
  const looked = `${plural(conversations, 'open or lately ended conversation')} of ${plural(partitions, 'settled partition')}`;
  if (failure !== null) return `${looked} could not be looked at: ${messageLine(failure.message)}`;
  const found = (Object.entries(changes) as [ChangeReason, number][]).map(([reason, count]) => `${countText(count)} ${WHAT[reason]}`);
  return `${looked}: ${found.length === 0 ? 'none changed' : found.join(', ')}${restated.length === 0 ? '' : `; ${plural(restated.length, 'partition')} exported again for it`}`;
};
