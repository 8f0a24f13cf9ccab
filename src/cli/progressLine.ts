import { durationText, shortCount } from './figures.js';

/** What a progress display counts. */
export interface ProgressState {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly pages: number;
  readonly conversations: number;
  /** Conversations that earlier runs kept, and that all answers are expected to hold; 0 where that is not known. */
  readonly kept: number;
  readonly expected: number;
  readonly rows: number;
  /** Requests of the current minute, and how many it may have; 0 where nothing was asked yet. */
  readonly used: number;
  readonly allowed: number;
  /** Units: milliseconds since the run began. */
  readonly elapsedMs: number;
}

const BAR = { widest: 24, narrowest: 6 } as const;

/** Below this share of what is expected, how long it took says little of how long the rest will take. */
const TELLING_SHARE = 0.02;
/** Expectations are exceeded, and files are written at the end: a bar is full when all is done. */
const NEARLY = 0.99;

/** The share of the work that is done, 0 to 1: by conversations where their number is expected, else by partitions. */
const shareOf = ({ total, done, conversations, kept, expected }: ProgressState): number => {
  const byPartitions = total === 0 ? 1 : done / total;
  return expected === 0 || byPartitions >= 1 ? byPartitions : Math.max(byPartitions, Math.min(NEARLY, (kept + conversations) / expected));
};

/** What was read so far tells how long the rest takes; where nothing is expected, the partitions done so far do. Empty where nothing can be told. */
const leftText = ({ total, done, conversations, kept, expected, elapsedMs }: ProgressState): string => {
  if (done >= total) return '';
  const left = expected - kept - conversations;
  if (expected > 0) return left <= 0 || conversations < (expected - kept) * TELLING_SHARE ? '' : `~${durationText((elapsedMs / conversations) * left)}`;
  return done === 0 ? '' : `~${durationText((elapsedMs / done) * (total - done))}`;
};

const bar = (part: number, width: number, unicode: boolean): string => {
  const full = Math.min(width, Math.floor(part * width));
  return unicode ? '█'.repeat(full) + '░'.repeat(width - full) : `${'#'.repeat(full)}${'-'.repeat(width - full)}`;
};

/**
 * One line of progress: a bar, then partitions, pages, conversations, rows, the request budget and the time left.
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
  const drawn = size < BAR.narrowest ? '' : `${bar(shareOf(state), size, unicode)}  `;
  return (drawn + parts.join('  ')).slice(0, Math.max(0, width));
};
