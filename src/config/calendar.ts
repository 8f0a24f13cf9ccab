import { createRequire } from 'node:module';

/** Whether a text is a date of the calendar, `YYYY-MM-DD`, from 1970 on: 31 February is none. */
export const isRealDate = (value: string): boolean => {
  if (!/^(19[7-9]\d|[2-9]\d{3})-\d\d-\d\d$/.test(value)) return false;
  const ms = Date.parse(`${value}T00:00:00.000Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(value);
};

/** Whether the runtime knows a text as an IANA time zone name. Offsets such as `+02:00` are none: they know no daylight saving. */
export const isTimezone = (value: string): boolean => {
  // The first question about a zone loads the runtime's data of all of them.
  if (value === 'UTC') return true;
  if (!/^[A-Za-z]/.test(value)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
};

/** Every IANA time zone name the runtime lists, for suggestions. */
export const timezoneNames = (): readonly string[] => ['UTC', ...Intl.supportedValuesOf('timeZone')];

/**
 * Whether the scheduler understands a cron expression. Source: node-cron's own check.
 *
 * Why long numbers are refused before it looks: it writes every range out, `0-99999999` for twenty seconds.
 */
export const isCron = (value: string): boolean => {
  if (value.length > 200 || /\d{4}/.test(value)) return false;
  // Loaded here: most jobs have no schedule.
  const { validate } = createRequire(import.meta.url)('node-cron') as typeof import('node-cron');
  return validate(value);
};
