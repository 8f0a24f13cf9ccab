import { ConfigError } from '../model/errors.js';
import { parseInstant } from '../model/instant.js';
import type { Window } from '../model/window.js';
import type { AnalyticsConversation, Showing } from './analyticsModel.js';
import { analyticsWire } from './analyticsWire.js';
import { createCalendar, type Calendar } from './calendar.js';
import { conversationHistory } from './conversationHistory.js';
import type { ConversationHistory } from './history.js';
import { jsonText } from './jsonText.js';
import { lifetimeOf, type Lifetime, type Lives } from './lifetime.js';
import { createOrganization, type SeededOrganization } from './organization.js';

const DAY_MS = 86_400_000;

/** What a dataset is made from. The same options give the same bytes. */
export interface DatasetOptions {
  readonly seed: number;
  /** First UTC day, `YYYY-MM-DD`. */
  readonly from: string;
  readonly days: number;
  readonly conversationsPerDay: number;
  /** About 3 KB of JSON a conversation, or about 15. `small` when absent. */
  readonly size?: 'small' | 'large';
  /** Names and values that break exporters, unknown fields and members, disorder. On when absent. */
  readonly hostile?: boolean;
  /** `lively`: many live for days, are reopened, and gain attributes to the end. `usual` when absent. */
  readonly lives?: Lives;
}

/** Seeded conversations, numbered by their starts; each is made when asked for, so that days of hundreds of thousands need no memory. */
export interface Dataset {
  readonly options: Required<DatasetOptions>;
  readonly org: SeededOrganization;
  readonly calendar: Calendar;
  /** From here on every conversation looks the same for ever, save for attributes that clients write. Units: UTC epoch milliseconds. */
  readonly settledMs: number;
  lifetime(index: number): Lifetime;
  history(index: number): ConversationHistory;
  /** The JSON text of a conversation as a protocol shows it. */
  text(history: ConversationHistory, showing: Showing): string;
  /** The truth for tests: what started in the window, as visible then; over the job's protocol when no other is named. */
  conversationsStartedIn(window: Window, asOfMs: number, showing?: Partial<Showing>): Iterable<AnalyticsConversation>;
}

/**
 * Makes a dataset.
 *
 * @throws ConfigError where `from` is no day.
 */
export const createDataset = (options: DatasetOptions): Dataset => {
  const fromMs = parseInstant(`${options.from}T00:00:00.000Z`);
  if (fromMs === undefined) throw new ConfigError([{ where: 'dataset from', what: 'is not a day like 2026-01-05' }]);
  const full = { size: 'small', hostile: true, lives: 'usual', ...options } as const;
  const { seed, lives } = full;
  const org = createOrganization(seed);
  const calendar = createCalendar({ seed, fromMs, days: full.days, conversationsPerDay: full.conversationsPerDay });
  const context = { seed, calendar, org, large: full.size === 'large', hostile: full.hostile, lives };
  const history = (index: number): ConversationHistory => conversationHistory(context, index);

  return {
    options: full,
    org,
    calendar,
    settledMs: calendar.window.endMs + 60 * DAY_MS,
    lifetime: (index) => lifetimeOf(seed, index, calendar.startMs(index), lives),
    history,
    text: (h, showing) => jsonText(analyticsWire(h, showing), h.hasBigInteger),
    *conversationsStartedIn(window, asOfMs, showing = {}) {
      const end = Math.min(calendar.firstFrom(window.endMs), calendar.firstFrom(asOfMs + 1));
      for (let i = calendar.firstFrom(window.startMs); i < end; i++) {
        yield analyticsWire(history(i), { attributes: true, spelling: 'public', ...showing, asOfMs }) as unknown as AnalyticsConversation;
      }
    },
  };
};
