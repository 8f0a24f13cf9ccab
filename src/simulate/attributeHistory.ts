import type { AttributeHistory } from './history.js';
import { AMBIGUOUS_VALUES, HOSTILE_ATTRIBUTES } from './hostileText.js';
import type { SeededRandom } from './seededRandom.js';

const NAMES = [
  'AccountNumber', 'CallReason', 'CRM.Case', 'CustomerTier', 'DNIS', 'ivr.Language', 'ivr.Menu', 'ivr.Skills', 'LastBalance', 'OrderId', 'Queue Name',
  'Survey Opt-In', 'context.firstName', 'context._genesys_browser', 'Consent', 'Region', 'TransferTarget', 'Verified',
] as const;

const TIERS = ['gold', 'silver', 'bronze', 'Platin'] as const;

const usualValue = (random: SeededRandom, name: string): string => {
  switch (name) {
    case 'AccountNumber':
    case 'OrderId':
      return String(random.u32()).padStart(10, '0');
    case 'CustomerTier':
      return random.pick(TIERS);
    case 'LastBalance':
      return (random.int(1_000_000) / 100).toFixed(2);
    case 'context._genesys_browser':
      return '{"family":"Firefox","version":"128","isMobile":false}';
    case 'Queue Name':
      return `Queue ${String(random.int(16))}`;
    default:
      return random.oneIn(5) ? random.pick(AMBIGUOUS_VALUES) : `${name.slice(0, 3)}-${random.u32().toString(36)}`;
  }
};

/** How attributes are drawn. */
export interface AttributeDraw {
  readonly startMs: number;
  /** When the participant's part is over: nearly all attributes are set by then. */
  readonly endMs: number;
  readonly count: number;
  readonly hostile: boolean;
  readonly gainsToTheEnd: boolean;
}

/**
 * A participant's attributes, names unique.
 *
 * About one participant in twelve gets one after the end: analytics never shows it, GET conversation does.
 */
export const attributeHistory = (random: SeededRandom, { startMs, endMs, count, hostile, gainsToTheEnd }: AttributeDraw): readonly AttributeHistory[] => {
  const drawn = new Map<string, AttributeHistory>();
  const span = Math.max(1, gainsToTheEnd ? endMs - startMs : Math.min(endMs - startMs, 30 * 60_000));
  const put = (name: string, value: string, setMs: number): void => {
    drawn.set(name, { name, value, setMs });
  };
  const first = random.int(NAMES.length);
  for (let i = 0; i < count; i++) {
    const name = NAMES[(first + i) % NAMES.length]!;
    put(name, usualValue(random, name), startMs + random.int(span));
  }
  if (hostile && random.oneIn(3)) {
    const from = random.int(HOSTILE_ATTRIBUTES.length);
    for (let i = 0; i < random.between(1, 4); i++) {
      const [name, value] = HOSTILE_ATTRIBUTES[(from + i) % HOSTILE_ATTRIBUTES.length]!;
      put(name, value, startMs + random.int(span));
    }
  }
  if (random.oneIn(12)) put('SetAfterEnd', 'late', endMs + random.between(1_000, 3_600_000));
  return [...drawn.values()];
};
