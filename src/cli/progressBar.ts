import cliProgress from 'cli-progress';
import type { RunEvent } from '../run/report.js';
import { outcomeLine } from './outcomeLine.js';
import type { Progress, ProgressOptions } from './progress.js';
import { progressLine, type ProgressState } from './progressLine.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Counted = Mutable<Omit<ProgressState, 'used' | 'allowed' | 'elapsedMs'>>;

const count = (counted: Counted, event: RunEvent): void => {
  if (event.type === 'planned') [counted.total, counted.expected] = [event.partitions.length, event.expected ?? 0];
  else if (event.type === 'partition-started') counted.kept += event.resumedConversations;
  else if (event.type === 'page') {
    counted.pages += 1;
    counted.conversations += event.conversations;
    counted.rows += event.rows;
  } else if (event.type === 'partition-finished') {
    counted.done += 1;
    if (event.outcome.result === 'failed') counted.failed += 1;
  }
};

/** A bar of one line below the log, redrawn at most ten times a second. */
export const barProgress = ({ stderr, lines, clock, unicode, budget }: ProgressOptions): Progress => {
  const counted: Counted = { total: 0, done: 0, failed: 0, pages: 0, conversations: 0, kept: 0, expected: 0, rows: 0 };
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
