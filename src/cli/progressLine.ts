import { durationText, shortCount } from './figures.js';

/** What a progress display counts. */
export interface ProgressState {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly pages: number;
  readonly conversations: number;
  readonly rows: number;
  /** Requests of the current minute, and how many it may have; 0 where nothing was asked yet. */
  readonly used: number;
  readonly allowed: number;
  /** Units: milliseconds since the run began. */
  readonly elapsedMs: number;
}

const BAR = { widest: 24, narrowest: 6 } as const;

/** What the partitions done so far took is what the others will take; unknown before the first is done. */
const leftText = (state: ProgressState): string => {
  if (state.done === 0 || state.done >= state.total) return '';
  return `~${durationText((state.elapsedMs / state.done) * (state.total - state.done))}`;
};

const bar = (part: number, width: number, unicode: boolean): string => {
  const full = Math.min(width, Math.floor(part * width));
  return unicode ? '█'.repeat(full) + '░'.repeat(width - full) : `${'#'.repeat(full)}${'-'.repeat(width - full)}`;
};

/**
 * One line of progress: a bar of partitions, pages, conversations, rows, the request budget and the time left.
 *
 * Invariant: never longer than `width`: the bar shrinks first, then the last parts are left out.
 */
export const progressLine = (state: ProgressState, width: number, unicode: boolean): string => {
  const parts = [
    `${String(state.done)}/${String(state.total)} ${state.total === 1 ? 'partition' : 'partitions'}`,
    ...(state.failed === 0 ? [] : [`${String(state.failed)} failed`]),
    `${shortCount(state.pages)} ${state.pages === 1 ? 'page' : 'pages'}`,
    `${shortCount(state.conversations)} conv`,
    `${shortCount(state.rows)} rows`,
    ...(state.allowed === 0 ? [] : [`${String(state.used)}/${String(state.allowed)} req`]),
    leftText(state),
  ].filter((part) => part !== '');
  const room = (): number => width - parts.join('  ').length - 2;
  while (room() < BAR.narrowest && parts.length > 1) parts.pop();
  const size = Math.min(BAR.widest, room());
  const drawn = size < BAR.narrowest ? '' : `${bar(state.total === 0 ? 1 : state.done / state.total, size, unicode)}  `;
  return (drawn + parts.join('  ')).slice(0, Math.max(0, width));
};
