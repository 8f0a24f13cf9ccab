import { expect, it } from 'vitest';
import { clockNotices, noticesFor } from '../../src/cli/jobWork.js';
import { aJob } from '../support/exportRig.js';

const NOW = Date.UTC(2026, 0, 7, 3);

it.each([
  ['unknown', undefined, []],
  ['some minutes apart', NOW + 20 * 60_000, []],
  ['days ahead', NOW + 5 * 86_400_000, [expect.stringMatching(/^the server's clock is 5d 00h ahead of this machine's/)]],
  ['hours behind', NOW - 2 * 3_600_000, [expect.stringMatching(/^the server's clock is 2h 00m behind this machine's/)]],
])('a server’s clock that is %s', (_what, serverMs, notices) => {
  expect(clockNotices(serverMs, NOW)).toEqual(notices);
});

it('what a protocol without attributes leaves empty is told by table and column', () => {
  expect(noticesFor(aJob('page-number', { tables: ['participant_attributes', 'conversations', 'participants', 'sessions'] }), false)).toEqual([
    expect.stringMatching(/^participant_attributes stays empty/),
    'page-number carries no participant attributes: conversations.attribute_count is 0, participants.attributes is empty',
  ]);
});
