import { describe, expect, it } from 'vitest';
import { createLog } from '../../src/cli/log.js';
import type { LogLevel } from '../../src/cli/logLevel.js';
import type { LogFacts } from '../../src/model/ports.js';

const logged = (facts: LogFacts, format: 'json' | 'text' = 'text', event = 'page fetched', level: LogLevel = 'info'): string => {
  let text = '';
  createLog({ level, format, nowMs: () => Date.UTC(2026, 0, 10, 12, 34, 56), write: (line) => { text += line; } }).info(event, facts);
  return text;
};

describe('log', () => {
  it('writes one plain line an event', () => {
    expect(logged({ partition: 'dt=2026-01-05', page: 3, resumed: false, note: 'two words', none: null, gone: undefined })).toBe(
      '12:34:56 info  page fetched partition="dt=2026-01-05" page=3 resumed=false note="two words" none=null\n',
    );
  });

  it('writes JSON lines with time, level and event', () => {
    expect(JSON.parse(logged({ page: 3 }, 'json'))).toEqual({ time: '2026-01-10T12:34:56.000Z', level: 'info', msg: 'page fetched', page: 3 });
  });

  it.each(['token', 'authorization', 'cursor', 'clientSecret', 'body', 'headers', 'value', 'query', 'nextPageUrl'])('redacts the fact %s', (name) => {
    for (const format of ['json', 'text'] as const) {
      const line = logged({ [name]: 'canary' }, format);
      expect(line).not.toContain('canary');
      expect(line).toContain('[redacted]');
    }
  });

  it('cuts credentials, query strings and named secrets out of other facts and of the event', () => {
    const line = logged({ url: 'https://api.example.com/x?cursor=canary1', said: 'Authorization: Bearer canary2', more: 'client_secret=canary3' }, 'text', 'GET https://h/y?t=canary4');
    expect(line).not.toContain('canary');
    expect(line).toContain('https://api.example.com/x');
  });

  it('stays on one line and leaves the terminal alone, whatever a value holds', () => {
    const line = logged({ ['na\u001b[2Jme']: 'a\nb\r\u001b]0;title\u0007c\u202ed\u0000' }, 'text', 'eve\u001b[31mnt\n');
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    expect(line).toContain('name="a b c d "');
  });

  it('writes nothing below its level', () => {
    expect(logged({}, 'text', 'x', 'warn')).toBe('');
    expect(logged({}, 'text', 'x', 'silent')).toBe('');
  });
});
