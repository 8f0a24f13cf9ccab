import type { Clock } from '../model/ports.js';
import type { Send } from '../model/send.js';
import { parseHttpDate } from './retryAfter.js';

/** The server's clock, as its answers tell it. */
export interface ServerTime {
  /** Now by the server's clock, whole; undefined before the first answer with a date. Units: UTC epoch milliseconds. */
  nowMs(): number | undefined;
}

/**
 * Notes the `Date` of every answer that has one, so that decisions need not trust this machine's wall clock.
 *
 * Why the time since is added by the monotonic clock: it does not jump.
 */
export const withServerTime = (send: Send, clock: Clock): { readonly send: Send; readonly time: ServerTime } => {
  let seen: { readonly dateMs: number; readonly atMs: number } | undefined;
  return {
    send: async (request, signal) => {
      const response = await send(request, signal);
      const dateMs = parseHttpDate(response.headers['date']);
      if (dateMs !== undefined) seen = { dateMs, atMs: clock.monotonicMs() };
      return response;
    },
    time: {
      nowMs: () => (seen === undefined ? undefined : Math.floor(seen.dateMs + clock.monotonicMs() - seen.atMs)),
    },
  };
};
