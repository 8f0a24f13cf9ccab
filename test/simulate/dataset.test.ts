import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/model/errors.js';
import { createDataset } from '../../src/simulate/dataset.js';
import { HOSTILE_ATTRIBUTES } from '../../src/simulate/hostileText.js';
import { endAsOf } from '../../src/simulate/lifetime.js';

const OPTIONS = { seed: 3, from: '2026-01-05', days: 3, conversationsPerDay: 700 } as const;
const LATER = Date.UTC(2026, 5, 1);
const showing = { asOfMs: LATER, attributes: true, spelling: 'public' } as const;
const texts = (seed: number): string[] => {
  const dataset = createDataset({ ...OPTIONS, seed });
  return Array.from({ length: 300 }, (_, i) => dataset.text(dataset.history(i * 7), showing));
};

describe('dataset', () => {
  it('gives the same bytes for the same options and others for another seed', () => {
    expect(texts(3)).toEqual(texts(3));
    expect(texts(3)).not.toEqual(texts(4));
  });

  it('makes a conversation without making any other: any order gives the same', () => {
    const one = createDataset(OPTIONS);
    const other = createDataset(OPTIONS);
    const forth = [0, 1, 500, 2099].map((i) => one.text(one.history(i), showing));
    const back = [2099, 500, 1, 0].map((i) => other.text(other.history(i), showing)).reverse();
    expect(forth).toEqual(back);
  });

  it('starts conversations in order, each within its day, the first and last milliseconds included', () => {
    const { calendar } = createDataset(OPTIONS);
    for (let i = 1; i < calendar.count; i++) expect(calendar.startMs(i)).toBeGreaterThanOrEqual(calendar.startMs(i - 1));
    expect(calendar.startMs(700)).toBe(Date.UTC(2026, 0, 6));
    expect(calendar.startMs(699)).toBe(Date.UTC(2026, 0, 6) - 1);
  });

  it('finds every conversation by its id and none by another', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(2_000_000), (seed, index) => {
        const { calendar } = createDataset({ seed, from: '2026-01-05', days: 10, conversationsPerDay: 300_000 });
        const id = calendar.id(index);
        expect(calendar.indexOf(id)).toBe(index);
        expect(calendar.indexOf(id.replace(/.$/, (c) => (c === '0' ? '1' : '0')))).toBeUndefined();
      }),
    );
  });

  it('finds the slice of a window without touching the rest', () => {
    const { calendar } = createDataset({ ...OPTIONS, conversationsPerDay: 300_000 });
    const noon = Date.UTC(2026, 0, 6, 12);
    const first = calendar.firstFrom(noon);
    expect(calendar.startMs(first)).toBeGreaterThanOrEqual(noon);
    expect(calendar.startMs(first - 1)).toBeLessThan(noon);
  });

  it('holds every hostile name, and keeps __proto__ a name', () => {
    const dataset = createDataset(OPTIONS);
    const names = new Set<string>();
    for (const c of dataset.conversationsStartedIn(dataset.calendar.window, LATER)) {
      for (const p of c.participants ?? []) for (const name of Object.keys(p.attributes ?? {})) names.add(name);
    }
    for (const [name] of HOSTILE_ATTRIBUTES) expect(names).toContain(name.slice(0, 1024));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('writes lone surrogates and NUL as escapes and integers beyond 2^53 as literals', () => {
    const dataset = createDataset(OPTIONS);
    const all = Array.from({ length: dataset.calendar.count }, (_, i) => dataset.text(dataset.history(i), showing)).join('\n');
    expect(all).toContain('\\ud800');
    expect(all).toContain('before\\u0000after');
    expect(all).toContain('"value":9007199254740993');
    expect(all).toContain('"value":5173038302');
    expect(all.isWellFormed()).toBe(true);
    expect(all).not.toContain('null,');
  });

  it('is as rich as reality: all media, none to six participants, open, month-long and reopened conversations', () => {
    const dataset = createDataset(OPTIONS);
    const media = new Set<string>();
    const counts = new Set<number>();
    const kinds = new Set<string>();
    for (let i = 0; i < dataset.calendar.count; i++) {
      const h = dataset.history(i);
      kinds.add(h.life.kind);
      counts.add(h.participants?.length ?? 0);
      for (const p of h.participants ?? []) for (const s of p.sessions) media.add(String(s.head['mediaType']));
    }
    expect([...counts].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect([...kinds].sort()).toEqual(['endless', 'monthLong', 'reopened', 'short']);
    for (const name of ['callback', 'chat', 'cobrowse', 'email', 'internalmessage', 'message', 'screenmonitoring', 'screenshare', 'unknown', 'video', 'voice', 'telepathy']) {
      expect(media).toContain(name);
    }
  });

  it('leaves out what is hostile when told to', () => {
    const dataset = createDataset({ ...OPTIONS, hostile: false });
    const all = Array.from({ length: 500 }, (_, i) => dataset.text(dataset.history(i), showing)).join('\n');
    expect(all).not.toContain('__proto__');
    expect(all).not.toContain('zFuture');
  });

  it('cuts attributes at 1,024 characters', () => {
    const dataset = createDataset(OPTIONS);
    const lengths = new Set<number>();
    for (const c of dataset.conversationsStartedIn(dataset.calendar.window, LATER)) {
      for (const p of c.participants ?? []) for (const value of Object.values(p.attributes ?? {})) lengths.add(value.length);
    }
    expect(Math.max(...lengths)).toBe(1024);
  });

  it('refuses a day that is none', () => {
    expect(() => createDataset({ ...OPTIONS, from: '2026-02-30' })).toThrow(ConfigError);
  });
});

describe('time', () => {
  const dataset = createDataset({ ...OPTIONS, conversationsPerDay: 2000 });
  const all = Array.from({ length: 3000 }, (_, i) => dataset.history(i));

  it('opens, ends, reopens: a reopened conversation loses its end and gains a later one', () => {
    const { life } = all.find((h) => h.life.kind === 'reopened')!;
    const [first, second] = life.spans;
    expect(endAsOf(life, first!.fromMs)).toBeUndefined();
    expect(endAsOf(life, first!.endMs!)).toBe(first!.endMs);
    expect(endAsOf(life, second!.fromMs)).toBeUndefined();
    expect(endAsOf(life, second!.endMs!)).toBe(second!.endMs);
  });

  it('shows a late wrap-up days after the end and never an attribute set after it', () => {
    const late = all.find((h) => h.participants?.some((p) => p.sessions.some((s) => s.segments.some((g) => g.visibleMs > h.life.spans[0]!.endMs! + 86_400_000))))!;
    const wrapUps = (asOfMs: number): number => dataset.text(late, { ...showing, asOfMs }).split('"wrapup"').length;
    expect(wrapUps(LATER)).toBeGreaterThan(wrapUps(late.life.spans[0]!.endMs! + 3_600_000));
    const after = all.find((h) => h.life.kind === 'short' && h.participants?.some((p) => p.attributes.some((a) => a.name === 'SetAfterEnd')))!;
    expect(dataset.text(after, showing)).not.toContain('SetAfterEnd');
  });

  it('changes no more after lastChangeMs', () => {
    for (const h of all.slice(0, 500)) {
      expect(dataset.text(h, { ...showing, asOfMs: h.lastChangeMs })).toBe(dataset.text(h, { ...showing, asOfMs: LATER + 1e10 }));
      expect(h.lastChangeMs).toBeLessThan(dataset.settledMs);
    }
  });
});
