import { expect, it } from 'vitest';
import { afterPage, startOf } from '../../../src/source/pagers/pageNumberPlan.js';
import { DAY, sourceOptions } from '../../support/apiBench.js';

const start = startOf(DAY, sourceOptions('page-number', { pageSize: 20 }));

it('counts what the pages of an interval brought, not what was asked for', () => {
  const second = afterPage(start, { conversationCount: 7, totalHits: 72 }, 100, 'page');
  expect(second).toMatchObject({ page: 2, given: 7, hits: 72 });
  expect(afterPage(second, { conversationCount: 5, totalHits: 72 }, 100, 'page')).toMatchObject({ page: 3, given: 12 });
});

it('takes the pages before for full where an earlier version read them and counted nothing', () => {
  const older = { ...start, page: 3, given: undefined };
  expect(afterPage(older, { conversationCount: 5, totalHits: 72 }, 100, 'page')).toMatchObject({ page: 4, given: 45 });
});

it('counts from nothing where an interval ends or is cut', () => {
  const inside = { ...start, page: 5, given: 90, hits: 90 };
  expect(afterPage(inside, { conversationCount: 0, totalHits: 90 }, 100, 'page')).toMatchObject({ page: 1, given: 0, hits: null, slices: [] });
  expect(afterPage(inside, { conversationCount: 5, totalHits: 95 }, 100, 'page')).toMatchObject({ page: 1, given: 0, slices: [] });
  expect(afterPage(inside, { conversationCount: 4, totalHits: 95 }, 100, 'page')).toMatchObject({ page: 1, given: 0, slices: [[DAY.startMs, expect.any(Number)], [expect.any(Number), DAY.endMs]] });
});
