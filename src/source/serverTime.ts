import type { Clock } from '../model/ports.js';
import type { Send } from '../model/send.js';
import { parseHttpDate } from './retryAfter.js';

/** The server's clock, as its answers tell it. */
export interface ServerTime {
  /** Now by the server's clock, whole; undefined before the first answer with a date. Units: UTC epoch milliseconds. */
  nowMs(): number | undefined;
}

/**
 * Notes the `Date` of every answer, so that decisions need not trust this machine's wall clock.
 *
 * Why the time since is added by the monotonic clock: it does not jump.
 */
export const withServerTime = (send: Send, clock: Clock): { readonly send: Send; readonly time: ServerTime } => {
  let date: string | undefined;
  let seenMs = 0;
  return {
    send: async (request, signal) => {
      const response = await send(request, signal);
      date = response.headers['date'] ?? date;
      seenMs = clock.monotonicMs();
      return response;
    },
    time: {
      nowMs() {
        const ms = parseHttpDate(date);
        return ms === undefined ? undefined : Math.floor(ms + clock.monotonicMs() - seenMs);
      },
    },
  };
};
