import { expect, it } from 'vitest';
import { previewPage } from '../../src/cli/jobPreview.js';
import { DecodeError } from '../../src/model/errors.js';
import { apiBench, DAY, failure, sourceOptions } from '../support/apiBench.js';
import { aJob } from '../support/exportRig.js';

const PARTITION = { job: 'job', window: DAY, dt: '2026-01-05', hr: undefined };

it.each([
  ['decodes', [{ conversationId: 'one' }]],
  ['does not', [{ conversationId: 7 }]],
])('a preview gives its export job back, whether its page %s', async (what, conversations) => {
  const { server, client } = await apiBench();
  server.script(({ method, url }) => {
    if (method === 'POST') return { status: 202, json: { jobId: 'job-1' } };
    return { json: url.includes('/results') ? { conversations, cursor: 'more' } : { state: 'FULFILLED' } };
  });
  const preview = previewPage(client.source(sourceOptions('job-cursor')), aJob('job-cursor'), PARTITION, 5, new AbortController().signal);
  if (what === 'decodes') expect((await preview).conversations).toBe(1);
  else expect(await failure(preview)).toBeInstanceOf(DecodeError);
  expect(server.journal.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET', 'DELETE']);
});

it('a preview shows what an export of its partition writes, and counts the rest of the page', async () => {
  const { server, client } = await apiBench();
  const at = (conversationId: string, conversationStart?: string) => ({ conversationId, conversationStart });
  server.script(() => ({
    json: { entities: [at('before', '2026-01-04T23:59:59.999Z'), at('first', '2026-01-05T00:00:00.000Z'), at('unknown'), at('last', '2026-01-05T23:59:59.999Z'), at('after', '2026-01-06T00:00:00.000Z')] },
  }));
  const { partition, conversations, outsideWindow, tables } = await previewPage(client.source(sourceOptions('next-page-url')), aJob('next-page-url', { tables: ['conversations'] }), PARTITION, 5, new AbortController().signal);
  expect({ partition, conversations, outsideWindow }).toEqual({ partition: 'dt=2026-01-05', conversations: 3, outsideWindow: 2 });
  expect(tables.map(({ rows, total }) => [total, rows.map(([id]) => id)])).toEqual([[3, ['first', 'unknown', 'last']]]);
});
