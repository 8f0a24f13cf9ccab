import cliProgress from 'cli-progress';
import type { Clock } from '../model/ports.js';
import type { RunEvent } from '../run/report.js';
import { plural } from './figures.js';
import { outcomeLine } from './outcomeLine.js';
import { progressLine, type ProgressState } from './progressLine.js';
import type { StderrLines } from './stderrLines.js';
import type { World } from './world.js';

/** Shows what a run is doing. */
export interface Progress {
  onEvent(event: RunEvent): void;
  /** Ends the display; safe to call twice. Nothing of a bar is left on the screen. */
  stop(): void;
}

/** How progress is shown: `bar` on a terminal, `lines` (one a finished partition) where output is piped, `none` under --json. */
export type ProgressMode = 'bar' | 'lines' | 'none';

/** What a progress display needs. */
export interface ProgressOptions {
  readonly mode: ProgressMode;
  readonly stderr: World['stderr'];
  readonly lines: StderrLines;
  readonly clock: Clock;
  readonly unicode: boolean;
  /** The current minute's requests, and how many it may have. */
  readonly budget: () => { readonly used: number; readonly allowed: number };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Counted = Mutable<Omit<ProgressState, 'used' | 'allowed' | 'elapsedMs'>>;

const count = (counted: Counted, event: RunEvent): void => {
  if (event.type === 'planned') counted.total = event.partitions.length;
  else if (event.type === 'page') {
    counted.pages += 1;
    counted.conversations += event.conversations;
    counted.rows += event.rows;
  } else if (event.type === 'partition-finished') {
    counted.done += 1;
    if (event.outcome.result === 'failed') counted.failed += 1;
  }
};

const plainLines = (event: RunEvent): readonly string[] => {
  if (event.type === 'planned') return event.partitions.length === 0 ? [] : [`${plural(event.partitions.length, 'partition')} to export`];
  if (event.type === 'partition-started' && event.resumedPages > 0) {
    return [`${event.partition}  going on after ${plural(event.resumedPages, 'page')} that an earlier run kept`];
  }
  return event.type === 'partition-finished' ? [outcomeLine(event.outcome)] : [];
};

/** A bar of one line below the log, redrawn at most ten times a second. */
const barProgress = ({ stderr, lines, clock, unicode, budget }: ProgressOptions): Progress => {
  const counted: Counted = { total: 0, done: 0, failed: 0, pages: 0, conversations: 0, rows: 0 };
  const startedMs = clock.monotonicMs();
  const format = (): string =>
    progressLine({ ...counted, ...budget(), elapsedMs: clock.monotonicMs() - startedMs }, (stderr.columns ?? 80) - 1, unicode);
  const bars = new cliProgress.MultiBar({
    stream: stderr, format, fps: 10, hideCursor: false, clearOnComplete: true, gracefulExit: false, forceRedraw: true, linewrap: true, emptyOnZero: true,
  });
  let running = false;
  const stop = (): void => {
    if (!running) return;
    running = false;
    lines.divert();
    bars.update();
    bars.stop();
  };
  return {
    onEvent(event) {
      count(counted, event);
      if (event.type === 'planned' && event.partitions.length > 0 && !running) {
        running = true;
        bars.create(event.partitions.length, 0);
        lines.divert((text) => {
          bars.log(text);
        });
      }
      if (event.type === 'partition-finished' && event.outcome.result === 'failed') lines.write(`${outcomeLine(event.outcome)}\n`);
    },
    stop,
  };
};

/** A progress display. */
export const createProgress = (options: ProgressOptions): Progress => {
  if (options.mode === 'bar') return barProgress(options);
  return {
    onEvent(event) {
      if (options.mode === 'lines') for (const line of plainLines(event)) options.lines.write(`${line}\n`);
    },
    stop: () => undefined,
  };
};
