import type { NotDueReason } from '../plan/due.js';
import { countText } from './figures.js';

const WORDS: Readonly<Record<NotDueReason, string>> = {
  settled: 'settled',
  'not-ended': 'not ended',
  settling: 'settling: ended less than `settle` ago',
  'left-for-later': 'left for later',
};

/** How many partitions are not due, by why: `3 settled, 1 not ended`; empty where there are none. */
export const notDueText = (notDue: Readonly<Record<NotDueReason, number>>): string =>
  (Object.entries(notDue) as [NotDueReason, number][])
    .filter(([, partitions]) => partitions > 0)
    .map(([reason, partitions]) => `${countText(partitions)} ${WORDS[reason]}`)
    .join(', ');
