import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LinkError } from '../../../src/model/errors.js';
import { createLoopGuard } from '../../../src/source/pagers/loopGuard.js';

/** How many links of `/lead/0 … /lead/n-1` and then round and round `/circle/0 … /circle/m-1` are followed before the guard objects. */
const followed = (lead: number, circle: number, most: number): number => {
  const guard = createLoopGuard();
  for (let n = 0; n < most; n++) {
    try {
      guard.follow(n < lead ? `/lead/${String(n)}` : `/circle/${String((n - lead) % circle)}`, 'page');
    } catch (error) {
      expect(error).toBeInstanceOf(LinkError);
      return n;
    }
  }
  return most;
};

describe('links that lead in a circle', () => {
  it('are noticed at the first link that comes again, where the circle is less than 8,192 pages', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.integer({ min: 1, max: 300 }), (lead, circle) => {
        expect(followed(lead, circle, 2000)).toBe(lead + circle);
      }),
    );
    expect(followed(20_000, 8191, 100_000)).toBe(28_191);
  });

  it('are noticed within four rounds where the circle is longer than what is remembered', () => {
    for (const [lead, circle] of [[0, 20_000], [5000, 30_000]] as const) {
      const noticed = followed(lead, circle, 500_000);
      expect(noticed).toBeGreaterThanOrEqual(lead + circle);
      expect(noticed).toBeLessThanOrEqual(lead + 4 * circle);
    }
  });

  it('are no circle where every link is another', () => {
    const guard = createLoopGuard();
    for (let n = 0; n < 60_000; n++) guard.follow(`/page/${String(n)}`, 'page');
  });
});

describe('pages that bring nothing new', () => {
  it('are given up at the third in a row: empty, or with the bytes of one of the last 8,192', () => {
    const guard = createLoopGuard();
    for (let n = 0; n < 8000; n++) guard.arrived({ number: n, listHash: `of page ${String(n)}`, conversationCount: 1 }, 'page');
    guard.arrived({ number: 8000, listHash: 'of page 0', conversationCount: 1 }, 'page');
    guard.arrived({ number: 8001, listHash: 'new', conversationCount: 0 }, 'page');
    expect(() => {
      guard.arrived({ number: 8002, listHash: 'of page 1', conversationCount: 1 }, 'page');
    }).toThrow(/3 pages in a row/);
  });
});
