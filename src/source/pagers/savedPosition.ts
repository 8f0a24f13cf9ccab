import * as z from 'zod';
import { PositionGoneError } from '../../model/errors.js';
import type { Position } from '../../model/page.js';
import type { Window } from '../../model/window.js';

/** An instant in a position. Units: UTC epoch milliseconds. */
export const instant = z.int();

/** `[from, to)`, two instants. */
export const span = z.tuple([instant, instant]);

const Owner = z.looseObject({ kind: z.string(), from: instant, to: instant });

/**
 * Reads back a position that this pager made for this window.
 *
 * @throws PositionGoneError where it belongs to another protocol, window or version of this program, or is damaged: the source is to be asked from the start. Never quotes it: links and cursors count as secrets.
 */
export const readPosition = <T>(schema: z.ZodType<T>, position: Position, kind: string, window: Window): T => {
  const unusable = (why: string): PositionGoneError => new PositionGoneError(`saved position of source ${kind}: ${why}`);
  const owner = Owner.safeParse(position);
  if (!owner.success) throw unusable('cannot be read');
  if (owner.data.kind !== kind) throw unusable('was made by another source');
  if (owner.data.from !== window.startMs || owner.data.to !== window.endMs) throw unusable('belongs to another window');
  const parsed = schema.safeParse(position);
  if (!parsed.success) throw unusable(`${parsed.error.issues[0]?.path.join('.') ?? 'it'} cannot be read`);
  return parsed.data;
};
