import { badRequest, emptyAnswer, jsonAnswer, notFound, pageAnswer, platformError, type Answer, type Exchange } from '../answer.js';
import { filtersFault } from '../filter.js';
import { aliveIn, startedIn, wantedOf } from '../find.js';
import { daysTouched } from '../interval.js';
import { jobSnapshot, jobState, type Job } from '../jobDesk.js';
import { readQueryBody } from '../queryBody.js';
import { orderFault } from '../queryOrder.js';
import { listSelection, reversed, slicePage, type Selection } from '../selection.js';
import { stamp, stampSeconds } from '../stamp.js';
import type { World } from '../world.js';
import { intervalOf } from './publicQuery.js';
import { DETAIL_PERMISSIONS, type Route } from './route.js';

const JOBS = '/api/v2/analytics/conversations/details/jobs';
const LIMIT_KEY = 'details.jobs.concurrent.access.max';
const DEFAULT_PAGE_SIZE = 100;

const limited = (selection: Selection, limit: number | null | undefined): Selection =>
  limit === null || limit === undefined || selection.length <= limit
    ? selection
    : listSelection(Array.from({ length: limit }, (_, i) => selection.at(i)));

const submit = (world: World, exchange: Exchange): Answer => {
  const read = readQueryBody(exchange);
  if (read.refused !== undefined) return read.refused;
  const body = read.value;
  const { settings, jobs, clock, lake } = world;
  const interval = intervalOf(exchange, body, 0);
  if ('content' in interval) return interval;
  const fault = orderFault(exchange.correlationId, body) ?? filtersFault(exchange.correlationId, body);
  if (fault !== undefined) return fault;
  const nowMs = clock.nowMs();
  if (jobs.live(nowMs) >= settings.maxConcurrentJobs) {
    return platformError(exchange.correlationId, {
      status: 429,
      code: 'too.many.requests',
      message: `Rate limit exceeded the maximum [${String(settings.maxConcurrentJobs)}] concurrent jobs`,
      headers: { 'Retry-After': '30' },
      more: { limit: { key: LIMIT_KEY, namespace: 'analytics', value: settings.maxConcurrentJobs } },
    });
  }
  const job = jobs.submit(nowMs, settings.jobDelayMs, settings.jobLifetimeMs, (atMs) => {
    // The last instant before the watermark: what happened at the mark itself is not guaranteed.
    const asOfMs = lake.watermarkMs(atMs) - 1;
    const wanted = wantedOf(world, body, asOfMs);
    const found = body.startOfDayIntervalMatching === true ? startedIn(world, daysTouched(interval), wanted) : aliveIn(world, interval, wanted);
    return { selection: limited(body.order === 'desc' ? reversed(found) : found, body.limit), asOfMs };
  });
  return jsonAnswer(202, { jobId: job.id });
};

const withJob = (use: (world: World, exchange: Exchange, job: Job) => Answer) => (world: World, exchange: Exchange): Answer => {
  const job = world.jobs.find(exchange.parts[0]!);
  return job === undefined ? notFound(exchange.correlationId, 'The requested job was not found.') : use(world, exchange, job);
};

const status = withJob((world, _exchange, job) => {
  const nowMs = world.clock.nowMs();
  const state = jobState(job, nowMs);
  const done = state === 'FULFILLED' || state === 'EXPIRED' || state === 'FAILED';
  return jsonAnswer(200, {
    state,
    ...(job.failure === undefined ? {} : { errorMessage: job.failure }),
    expirationDate: stamp(job.expiresMs),
    submissionDate: stamp(job.submittedMs),
    ...(done ? { completionDate: stamp(Math.min(job.doneMs, nowMs)) } : {}),
  });
});

const cursorText = (job: Job, offset: number, page: number): string => {
  // Padded so that its base64 ends in "==": clients that do not encode the cursor are found out.
  const place = `${String(job.generation)}.${String(offset)}.${String(page)}`;
  return Buffer.from(`cursor_v2${place}`.padEnd(Math.ceil((place.length + 9) / 3) * 3 + 1, ' ')).toString('base64');
};

const readCursor = (job: Job, text: string): { offset: number; page: number } | undefined => {
  const match = /^cursor_v2(\d+)\.(\d+)\.(\d+) *$/.exec(Buffer.from(text, 'base64').toString('latin1'));
  if (match === null || Number(match[1]) !== job.generation) return undefined;
  return { offset: Number(match[2]), page: Number(match[3]) };
};

const pageSizeOf = (world: World, exchange: Exchange, page: number): number => {
  const asked = Number(exchange.query.get('pageSize') ?? DEFAULT_PAGE_SIZE);
  const size = Math.min(Number.isInteger(asked) && asked > 0 ? asked : DEFAULT_PAGE_SIZE, world.settings.maxJobPageSize);
  return world.settings.shortPages && page % 3 === 2 ? Math.max(1, Math.floor(size * 0.7)) : size;
};

const results = withJob((world, exchange, job) => {
  const state = jobState(job, world.clock.nowMs());
  // The real bodies of these two are not known.
  if (state === 'EXPIRED') return notFound(exchange.correlationId, 'The job has expired.');
  if (state !== 'FULFILLED') return badRequest(exchange.correlationId, `The results of a job in state ${state} are not available.`);
  const cursor = exchange.query.get('cursor');
  const place = cursor === null ? { offset: 0, page: 0 } : readCursor(job, cursor);
  if (place === undefined) return badRequest(exchange.correlationId, 'The cursor is not valid.');
  const { selection, asOfMs } = jobSnapshot(job);
  const slice = slicePage(selection, { ...place, size: pageSizeOf(world, exchange, place.page), duplicateEvery: world.settings.duplicateEvery });
  const next = slice.nextOffset === undefined ? {} : { cursor: cursorText(job, slice.nextOffset, place.page + 1) };
  return pageAnswer({
    rowsKey: 'conversations',
    rows: slice.indexes.map((i) => world.rowText(i, { asOfMs, attributes: true, spelling: 'public' })),
    envelope: { ...next, dataAvailabilityDate: stampSeconds(asOfMs + 1) },
    omitRowsWhenEmpty: true,
  });
});

const remove = withJob((world, _exchange, job) => {
  world.jobs.remove(job, world.clock.nowMs());
  return emptyAnswer(204);
});

const availability = (world: World): Answer => jsonAnswer(200, { dataAvailabilityDate: stampSeconds(world.lake.watermarkMs(world.clock.nowMs())) });

/** The asynchronous query: submit, state, results by cursor, delete, and how far the lake reaches. */
export const detailsJobs: readonly Route[] = [
  { method: 'GET', path: `${JOBS}/availability`, anyOf: ['analytics:conversationDetail:view'], answer: availability },
  { method: 'POST', path: JOBS, anyOf: DETAIL_PERMISSIONS, answer: submit },
  { method: 'GET', path: `${JOBS}/{jobId}`, anyOf: DETAIL_PERMISSIONS, answer: status },
  { method: 'GET', path: `${JOBS}/{jobId}/results`, anyOf: DETAIL_PERMISSIONS, answer: results },
  { method: 'DELETE', path: `${JOBS}/{jobId}`, anyOf: DETAIL_PERMISSIONS, answer: remove },
];
