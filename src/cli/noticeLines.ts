import { messageLine } from './outcomeLine.js';
import { paintFor } from './paint.js';
import type { Style } from './screen.js';

/** Things the reader should know that are no failure, a line each. */
export const noticeLines = (notices: readonly string[], style: Style): readonly string[] => notices.map((notice) => `${paintFor(style).warning('note')}: ${messageLine(notice)}`);
