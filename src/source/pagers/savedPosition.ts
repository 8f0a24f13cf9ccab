import * as z from 'zod';
import { StateError } from '../../model/errors.js';
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
 * @throws StateError where it belongs to another protocol or window, or is damaged. Never quotes it: links and cursors count as secrets.
 */
export const readPosition = <T>(schema: z.ZodType<T>, position: Position, kind: string, window: Window): T => {
  const remedy = 'Remove the partition\'s checkpoint, or run it with --force: it is then fetched from its start.';
  const owner = Owner.safeParse(position);
  if (!owner.success) throw new StateError(`saved position of source ${kind}: is damaged`, { remedy });
  if (owner.data.kind !== kind) throw new StateError(`saved position of source ${kind}: was made by another source`, { remedy });
  if (owner.data.from !== window.startMs || owner.data.to !== window.endMs) throw new StateError(`saved position of source ${kind}: belongs to another window`, { remedy });
  const parsed = schema.safeParse(position);
  if (!parsed.success) throw new StateError(`saved position of source ${kind}: ${parsed.error.issues[0]?.path.join('.') ?? 'it'} is damaged`, { remedy });
  return parsed.data;
};
