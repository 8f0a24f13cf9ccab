import { createRequire } from 'node:module';
import type { Logger } from 'pino';
import type { Log, LogFacts } from '../model/ports.js';
import { LOG_LEVELS, type LogLevel } from './logLevel.js';
import { stripControls } from './printable.js';
import { redactText, SECRET_FACTS } from './redact.js';

/** What a log is made of. */
export interface LogOptions {
  readonly level: LogLevel;
  /** `json`: one JSON object a line · `text`: `HH:MM:SS level event key=value`, times in UTC. */
  readonly format: 'json' | 'text';
  /** Units: UTC epoch milliseconds. */
  readonly nowMs: () => number;
  /** Takes whole lines, line end included. */
  readonly write: (line: string) => void;
}

const cleanFacts = (facts: LogFacts): LogFacts =>
  Object.fromEntries(
    Object.entries(facts).flatMap(([key, value]) =>
      value === undefined ? [] : [[stripControls(key), typeof value === 'string' ? redactText(stripControls(value)) : value] as const],
    ),
  );

const quoted = (value: unknown): string => {
  const text = String(value);
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
};

/** One pino line as people read it. */
const textLine = (json: string): string => {
  const { time, level, msg, ...facts } = JSON.parse(json) as { time: string; level: string; msg: string; [fact: string]: unknown };
  const tail = Object.entries(facts).map(([key, value]) => ` ${key}=${quoted(value)}`);
  return `${time.slice(11, 19)} ${level.padEnd(5)} ${msg}${tail.join('')}\n`;
};

const makeLogger = ({ level, format, nowMs, write }: LogOptions): Logger => {
  const { pino } = createRequire(import.meta.url)('pino') as typeof import('pino');
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date(nowMs()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: [...SECRET_FACTS], censor: '[redacted]' },
    },
    { write: (line: string) => write(format === 'json' ? line : textLine(line)) },
  );
};

/**
 * The event log on stderr.
 *
 * Why the library is loaded by the first line that is written: most commands write none, and it is a sixth of what they cost.
 *
 * Invariant: values named as secrets are redacted, what looks like one is cut out of the others, and no value moves the reader's terminal.
 */
export const createLog = (options: LogOptions): Log => {
  let logger: Logger | undefined;
  const at = (method: Exclude<LogLevel, 'silent'>): Log[typeof method] => {
    if (LOG_LEVELS.indexOf(method) < LOG_LEVELS.indexOf(options.level)) return () => undefined;
    return (event, facts = {}) => {
      logger ??= makeLogger(options);
      logger[method](cleanFacts(facts), redactText(stripControls(event)));
    };
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
};
