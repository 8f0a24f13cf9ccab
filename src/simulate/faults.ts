import type { AnswerHeaders } from './answer.js';
import { SeededRandom } from './seededRandom.js';

/** Which requests a fault strikes: those that fit method and path, and among these the nth, every so many, or some by chance; else all. */
export interface FaultMatch {
  readonly method?: string;
  /** A path without its query string, `*` for anything; or an expression. */
  readonly path?: string | RegExp;
  /** The nth request that fits, counted from 1; or several. */
  readonly nth?: number | readonly number[];
  readonly every?: number;
  /** Drawn from the simulator's seed. */
  readonly probability?: number;
}

/** How an answer's length is announced when its end never comes. */
export type Framing = 'content-length' | 'chunked' | 'close';

/** What a fault does. Byte counts include the head of the answer. */
export type FaultAction =
  | { readonly kind: 'status'; readonly status: number; readonly headers?: AnswerHeaders; readonly body?: string }
  | { readonly kind: 'html'; readonly status?: number }
  /** Resets the connection; before the first byte where `afterBytes` is absent. */
  | { readonly kind: 'reset'; readonly afterBytes?: number }
  /** Never answers. */
  | { readonly kind: 'hang' }
  /** Sends so many bytes at a time. */
  | { readonly kind: 'drip'; readonly bytes: number; readonly everyMs: number }
  /** Ends the connection after this fraction of the body. */
  | { readonly kind: 'truncate'; readonly framing: Framing; readonly keep: number }
  | { readonly kind: 'gzip'; readonly damage: 'truncated' | 'crc' | 'not-gzip' | 'trailing-garbage' }
  /** A small body that unpacks to so many bytes of spaces. */
  | { readonly kind: 'bomb'; readonly bytes: number }
  | { readonly kind: 'contentType'; readonly value: string }
  /** This text instead of the body. */
  | { readonly kind: 'text'; readonly text: string }
  /** `self`: the link that led here; anything else is taken literally. */
  | { readonly kind: 'nextPageUrl'; readonly to: string }
  /** Removes the conversations and their key. */
  | { readonly kind: 'omitConversations' }
  /** Loses the page's conversations; what stands beside them stays. */
  | { readonly kind: 'dropPage' }
  /** The page says that the lake was complete up to this, whatever the truth. */
  | { readonly kind: 'dataAvailabilityDate'; readonly to: string }
  /** The previous page's conversations again, before this page's own. */
  | { readonly kind: 'duplicatePage' }
  | { readonly kind: 'redirect'; readonly to: string; readonly status?: number }
  | { readonly kind: 'revokeToken' }
  /** Every link given out so far is dead. */
  | { readonly kind: 'expireLinks' }
  /** Every job made so far has expired. */
  | { readonly kind: 'expireJobs' }
  /** Every cursor given out so far is dead. */
  | { readonly kind: 'expireCursors' }
  /** Every job that is not done yet fails. */
  | { readonly kind: 'failJobs'; readonly message: string }
  | { readonly kind: 'delay'; readonly ms: number };

/** A scripted fault. */
export interface Fault {
  readonly match: FaultMatch;
  readonly action: FaultAction;
}

interface Armed {
  readonly fault: Fault;
  readonly path: RegExp | undefined;
  seen: number;
}

const pathPattern = (path: string | RegExp | undefined): RegExp | undefined => {
  if (path === undefined) return undefined;
  // Without g and y: an expression that remembers where it was would miss every other request.
  if (path instanceof RegExp) return new RegExp(path.source, path.flags.replace(/[gy]/g, ''));
  return new RegExp(`^${path.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
};

/** The faults of a simulator, in the order in which they were added; the first that strikes a request wins. */
export class FaultScript {
  private armed: Armed[] = [];
  private readonly random: SeededRandom;
  private struck = 0;

  constructor(seed: number, faults: readonly Fault[]) {
    this.random = new SeededRandom(seed, 0xfa, 0x17);
    for (const fault of faults) this.add(fault);
  }

  /** Faults that have struck so far. */
  get fired(): number {
    return this.struck;
  }

  add(fault: Fault): void {
    this.armed.push({ fault, path: pathPattern(fault.match.path), seen: 0 });
  }

  clear(): void {
    this.armed = [];
  }

  /** The action for a request, if one strikes. Every fault counts the requests that fit it, struck or not. */
  strike(method: string, path: string): FaultAction | undefined {
    let action: FaultAction | undefined;
    for (const armed of this.armed) {
      const { match } = armed.fault;
      if (match.method !== undefined && match.method !== method) continue;
      if (armed.path !== undefined && !armed.path.test(path)) continue;
      armed.seen += 1;
      if (this.strikes(match, armed.seen)) action ??= armed.fault.action;
    }
    if (action !== undefined) this.struck += 1;
    return action;
  }

  private strikes(match: FaultMatch, seen: number): boolean {
    if (match.nth !== undefined && !(typeof match.nth === 'number' ? match.nth === seen : match.nth.includes(seen))) return false;
    if (match.every !== undefined && seen % match.every !== 0) return false;
    return match.probability === undefined || this.random.u32() / 4_294_967_296 < match.probability;
  }
}
