import { describe, it } from 'vitest';
import { holdsLocalDay } from '../support/localHours.js';

describe('a day on which the clock changes', () => {
  it.each([
    ['Europe/Berlin', '2026-03-29', 23],
    ['Australia/Lord_Howe', '2026-04-05', 24],
    ['Asia/Kathmandu', '2026-03-29', 24],
  ])('#36 hours of %s on %s are %i partitions (an hour that comes twice is one) that together hold the local day, each conversation once', async (timezone, day, hours) => {
    await (await holdsLocalDay(timezone, day, hours)).close();
  });
});
