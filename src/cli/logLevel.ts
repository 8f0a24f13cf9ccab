/** How much is logged; `silent` is nothing. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
/** One of the log levels. */
export type LogLevel = (typeof LOG_LEVELS)[number];
