import type { World } from './world.js';

/** Where log and progress lines go, so that a progress bar can be drawn below them. */
export interface StderrLines {
  /** Writes whole lines, line ends included. */
  write(lines: string): void;
  /** Hands all further lines to `to`; without it, they go to stderr again. */
  divert(to?: (lines: string) => void): void;
}

/** Lines on stderr. */
export const createStderrLines = (stderr: World['stderr']): StderrLines => {
  let target: ((lines: string) => void) | undefined;
  return {
    write(lines) {
      if (target === undefined) stderr.write(lines);
      else target(lines);
    },
    divert(to) {
      target = to;
    },
  };
};
