import assert from 'node:assert/strict';
import fc from 'fast-check';
import { laneParts } from '../../src/cli/laneParts.js';
import { DecodeError, ExportError, LinkError } from '../../src/model/errors.js';
import type { SourceKind } from '../../src/model/job.js';
import { Secret } from '../../src/model/secret.js';
import type { ApiResponse, Send } from '../../src/model/send.js';
import { refuseBadRecords } from '../../src/run/badRecords.js';
import { createLaneWork } from '../../src/run/laneWork.js';
import { inlineLanes } from '../../src/run/inlineLanes.js';
import { readApiError, refusal } from '../../src/source/apiError.js';
import { resolveLink } from '../../src/source/links.js';
import { createJobCursorSource } from '../../src/source/pagers/jobCursor.js';
import { JobLine } from '../../src/source/pagers/jobLine.js';
import { readRateLimitHeaders } from '../../src/source/rateLimitHeaders.js';
import { parseRetryAfter } from '../../src/source/retryAfter.js';
import { createTokenSource } from '../../src/source/token.js';
import { aJob } from '../support/exportRig.js';
import { createManualClock } from '../support/manualClock.js';
import { conversationText, pageText } from '../support/pageServer.js';
import { createRecordingLog } from '../support/recordingLog.js';
import { anyBody, anyJson, damaged, fuzzTarget, type FuzzTarget } from './fuzzTarget.js';
import { anyText } from '../support/anyText.js';

const CANARY = 'canary-value-5b1f09aa77c3';
const BASE = 'https://api.mypurecloud.ie';
const DAY = { startMs: Date.UTC(2026, 0, 5), endMs: Date.UTC(2026, 0, 6) };
const answer = (status: number, body: Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>> = {}): ApiResponse => ({ status, headers, body });

/** Runs what may refuse its input: only with an error that we foresaw, that says something, and nothing of the input. */
const refusesWell = async (work: () => unknown, kind: abstract new (...args: never[]) => Error = ExportError): Promise<void> => {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof kind, error instanceof Error ? (error.stack ?? error.message) : 'something else was thrown');
    assert.ok(error.message.length > 0);
    assert.ok(!`${error.message} ${String((error as { remedy?: string }).remedy)}`.includes(CANARY), 'a message quotes the answer');
  }
  assert.ok(!('polluted' in {}), 'every object has got a property');
};

const PAGE_KEYS = ['entities', 'conversations', 'nextPageUrl', 'cursor', 'totalHits', 'dataAvailabilityDate', 'conversationId', 'conversationStart', 'conversationEnd', 'participants', 'participantId', 'purpose', 'attributes', 'sessions', 'sessionId', 'segments', 'metrics', 'name', 'value', 'polluted'];
const KINDS: readonly SourceKind[] = ['next-page-url', 'page-number', 'job-cursor'];
const page = pageText([conversationText(1, `{"a":"${CANARY}","b":"\\ud83d\\ude00"}`, ',"sessions":[{"sessionId":"s","segments":[{"segmentStart":"2026-01-05T01:00:00Z"}],"metrics":[{"name":"m","value":9007199254740993}]}]'), conversationText(2)], 2);
const conversation = fc.dictionary(fc.constantFrom(...PAGE_KEYS), anyJson(...PAGE_KEYS), { maxKeys: 6 }).map((more) => JSON.stringify({ conversationId: 'c', participants: [], ...more }));
const pages = fc.oneof(
  damaged(new TextEncoder().encode(page)),
  anyBody(...PAGE_KEYS),
  fc.array(conversation, { maxLength: 3 }).map((texts) => Uint8Array.from(new TextEncoder().encode(pageText(texts)))),
);

/** Pages, by a lane as it works in a run. Either mode: refused with a path, or rows; with `reject`, what is not written is set aside, with `fail` what says that it is another day's is left out. */
const pageTarget = (onBadRecord: 'fail' | 'reject'): FuzzTarget => {
  const work = createLaneWork(laneParts({ job: aJob('next-page-url', { onBadRecord }), jobFolder: '/nowhere', fileMode: 0o600, dirMode: 0o700 }));
  const lanes = inlineLanes(work);
  return fuzzTarget(`pages (onBadRecord: ${onBadRecord})`, fc.tuple(pages, fc.constantFrom(...KINDS)), ([body, kind]) =>
    refusesWell(async () => {
      const { envelope, content } = await lanes.decodePage(Uint8Array.from(body), kind, 'page 1');
      assert.ok(Number.isSafeInteger(envelope.conversationCount) && envelope.conversationCount >= content.rejects.length);
      if (onBadRecord === 'fail') refuseBadRecords(content.rejects, DAY, 'page 1');
      for (const reject of content.rejects) assert.ok(reject.reason !== '' && !reject.reason.includes(CANARY));
    }, DecodeError),
  );
};

/** One source whose every answer is the input, until it gives up or ends. */
const jobTarget = (): FuzzTarget => {
  const body = anyBody('state', 'jobId', 'errorMessage', 'conversations', 'cursor', 'dataAvailabilityDate');
  return fuzzTarget('job: made, its state, its results', fc.tuple(body, body, body), ([made, state, results]) =>
    refusesWell(async () => {
      let left = 40;
      const send: Send = async ({ method, url }) => {
        if (--left < 0) throw new DecodeError('fuzz', '', 'asks for ever');
        return Promise.resolve(method === 'POST' ? answer(202, made) : answer(200, url.includes('/results') ? results : state));
      };
      const source = createJobCursorSource({ send, clock: createManualClock({ auto: true }), log: createRecordingLog(), baseUrl: BASE, options: { ...aJob('job-cursor').source, jobTimeoutMs: 60_000 }, jobLine: new JobLine() });
      await refusesWell(() => source.sourceAsOf());
      const decode = async (): Promise<never> => Promise.reject(new DecodeError('page', '', 'is not looked at here'));
      for await (const event of source.pages({ window: { startMs: 0, endMs: 1 } }, decode)) assert.ok(event.type === 'position');
    }),
  );
};

const tokens = fuzzTarget('token', fc.tuple(fc.constantFrom(200, 400, 401, 403, 404, 500), fc.oneof(anyBody('access_token', 'expires_in', 'error', 'description', 'error_description'), damaged(new TextEncoder().encode(`{"access_token":"${CANARY}","expires_in":86400}`)))), ([status, body]) =>
  refusesWell(async () => {
    const source = createTokenSource({ send: () => Promise.resolve(answer(status, body)), loginUrl: BASE, clientId: 'id', clientSecret: new Secret(CANARY), clock: createManualClock({ auto: true }), log: createRecordingLog() });
    const token = await source.get();
    assert.ok(token.reveal().length > 0 && !JSON.stringify(token).includes(token.reveal().length > 3 ? token.reveal() : '\u0000'));
  }),
);

const errors = fuzzTarget('error bodies', fc.tuple(fc.integer({ min: 201, max: 599 }), fc.oneof(anyBody('message', 'code', 'contextId', 'messageParams', 'status'), anyText(200).map((text) => Uint8Array.from(new TextEncoder().encode(JSON.stringify({ message: `${text} ?token=${CANARY} ${CANARY}`, code: text })))))), ([status, body]) => {
  const response = answer(status, body, { 'inin-correlation-id': 'x'.repeat(status % 80) });
  const { message = '', apiCode = '' } = readApiError(response);
  assert.ok(message.length <= 200 && !/[\u0000-\u001f\u007f-\u009f]/.test(message) && /^[\w.-]{0,100}$/.test(apiCode));
  const said = refusal(response, 'page 1').message;
  assert.ok(!said.includes(CANARY), 'a message quotes a token');
});

const headerText = fc.oneof(fc.string({ maxLength: 30 }), fc.integer().map(String), fc.double().map(String), fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()), fc.constantFrom('', '-1', '1e3', 'Infinity', '0x10', '3, 4', '9'.repeat(12)));

const waits = fuzzTarget('Retry-After', fc.tuple(headerText, headerText), ([value, date]) => {
  const ms = parseRetryAfter({ 'retry-after': value, date });
  assert.ok(ms === undefined || (Number.isFinite(ms) && ms >= 0), String(ms));
  if (ms !== undefined) assert.match(value, /^\d{1,9}$|GMT$/);
});

const limits = fuzzTarget('rate limit headers', fc.tuple(headerText, headerText, headerText), ([allowed, count, reset]) => {
  const facts = readRateLimitHeaders({ 'inin-ratelimit-allowed': allowed, 'inin-ratelimit-count': count, 'inin-ratelimit-reset': reset });
  if (facts === undefined) return;
  assert.ok(facts.allowed > 0 && facts.allowed <= 1_000_000);
  for (const value of [facts.count ?? 0, facts.resetMs ?? 0]) assert.ok(Number.isSafeInteger(value) && value >= 0);
});

const linkText = fc.oneof(
  anyText(40),
  fc.webUrl(),
  fc.array(fc.constantFrom('/', '\\', '//', '..', '.', '%2e', '%2f', '@', ':', '#', '?', 'api', 'v2', 'https:', 'http:', 'api.mypurecloud.ie', 'evil.example', '127.0.0.1', ':443', '\t', ' '), { maxLength: 9 }).map((parts) => parts.join('')),
);

const links = fuzzTarget('links', linkText, (link) =>
  refusesWell(() => {
    const url = new URL(resolveLink({ baseUrl: BASE, askedUrl: `${BASE}/api/v2/query` }, link, 'page 2'));
    assert.ok(url.origin === BASE && url.pathname.startsWith('/api/') && url.username === '' && url.password === '', 'a link leads away');
  }, LinkError),
);

/** Everything that the API sends. */
export const ANSWERS: readonly FuzzTarget[] = [pageTarget('fail'), pageTarget('reject'), jobTarget(), tokens, errors, waits, limits, links];
