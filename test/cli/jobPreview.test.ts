import { expect, it } from 'vitest';
import { previewPage } from '../../src/cli/jobPreview.js';
import { DecodeError } from '../../src/model/errors.js';
import { apiBench, DAY, failure, sourceOptions } from '../support/apiBench.js';
import { aJob } from '../support/exportRig.js';

it.each([
  ['decodes', [{ conversationId: 'one' }]],
  ['does not', [{ conversationId: 7 }]],
])('a preview gives its export job back, whether its page %s', async (what, conversations) => {
  const { server, client } = await apiBench();
  server.script(({ method, url }) => {
    if (method === 'POST') return { status: 202, json: { jobId: 'job-1' } };
    return { json: url.includes('/results') ? { conversations, cursor: 'more' } : { state: 'FULFILLED' } };
  });
  const preview = previewPage(client.source(sourceOptions('job-cursor')), aJob('job-cursor'), DAY, 5, new AbortController().signal);
  if (what === 'decodes') expect((await preview).conversations).toBe(1);
  else expect(await failure(preview)).toBeInstanceOf(DecodeError);
  expect(server.journal.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET', 'DELETE']);
});
