import type { Clock } from '../model/ports.js';
import type { RunEvent } from '../run/report.js';
import { plural } from './figures.js';
import { outcomeLine } from './outcomeLine.js';
import type { StderrLines } from './stderrLines.js';
import type { World } from './world.js';

/** Shows what a run is doing. */
export interface Progress {
  onEvent(event: RunEvent): void;
  /** Ends the display; safe to call twice. Nothing of a bar is left on the screen. */
  stop(): void;
}

/** How progress is shown: `bar` on a terminal, `lines` (one a finished partition) where output is piped, `none` under --json and where `--log-level` is above `info`. */
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

const plainLines = (event: RunEvent): readonly string[] => {
  if (event.type === 'planned') return event.partitions.length === 0 ? [] : [`${plural(event.partitions.length, 'partition')} to export`];
  if (event.type === 'partition-started' && event.resumedPages > 0) {
    return [`${event.partition}  going on after ${plural(event.resumedPages, 'page')} that an earlier run kept`];
  }
  return event.type === 'partition-finished' ? [outcomeLine(event.outcome)] : [];
};

/** Lines without a bar: one a finished partition, or none. */
export const lineProgress = ({ mode, lines }: Pick<ProgressOptions, 'mode' | 'lines'>): Progress => ({
  onEvent(event) {
    if (mode === 'lines') for (const line of plainLines(event)) lines.write(`${line}\n`);
  },
  stop: () => undefined,
});
