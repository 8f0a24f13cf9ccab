import type { Log, LogFacts } from '../../src/model/ports.js';

/** A log line, kept. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly event: string;
  readonly facts: LogFacts;
}

/** A log that keeps its lines for claims about them. */
export const createRecordingLog = (): Log & { readonly lines: readonly LogLine[] } => {
  const lines: LogLine[] = [];
  const at = (level: LogLine['level']) => (event: string, facts: LogFacts = {}): void => {
    lines.push({ level, event, facts });
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), lines };
};
