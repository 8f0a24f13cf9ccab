import { jsonAnswer, type Answer, type AnswerPage } from './answer.js';
import type { FaultAction } from './faults.js';
import type { World } from './world.js';

const HTML = '<!DOCTYPE html>\n<html><head><title>ERROR: The request could not be satisfied</title></head><body><h1>Request blocked.</h1></body></html>\n';

/** The answer that a fault gives instead of the API's; `undefined` where the API answers. */
export const replacement = (action: FaultAction): Answer | undefined => {
  switch (action.kind) {
    case 'status':
      return {
        status: action.status,
        ...(action.headers === undefined ? {} : { headers: action.headers }),
        content:
          action.body === undefined
            ? jsonAnswer(action.status, { message: 'The imitation was told to fail.', code: 'internal.server.error', status: action.status, details: [], errors: [] }).content
            : { kind: 'text', text: action.body, contentType: 'application/json' },
      };
    case 'html':
      return { status: action.status ?? 200, content: { kind: 'text', text: HTML, contentType: 'text/html' } };
    case 'redirect':
      return { status: action.status ?? 302, headers: { Location: action.to }, content: { kind: 'none' } };
    default:
      return undefined;
  }
};

/** What a fault does to the simulator's memory before the API answers. */
export const sideEffect = (action: FaultAction, world: World): void => {
  const nowMs = world.clock.nowMs();
  if (action.kind === 'revokeToken') world.tokens.revokeAll();
  else if (action.kind === 'expireLinks') world.links.expireAll();
  else if (action.kind === 'expireJobs') world.jobs.expireAll(nowMs);
  else if (action.kind === 'expireCursors') world.jobs.expireCursors();
  else if (action.kind === 'failJobs') world.jobs.failUnfinished(action.message, nowMs);
};

const changedPage = (action: FaultAction, page: AnswerPage, ownLink: string, previousRows: readonly string[]): AnswerPage => {
  switch (action.kind) {
    case 'nextPageUrl':
      return { ...page, envelope: { ...page.envelope, nextPageUrl: action.to === 'self' ? ownLink : action.to } };
    case 'dataAvailabilityDate':
      return { ...page, envelope: { ...page.envelope, dataAvailabilityDate: action.to } };
    case 'omitConversations':
      return { ...page, rows: [], omitRowsWhenEmpty: true };
    case 'dropPage':
      return { ...page, rows: [] };
    case 'duplicatePage':
      return { ...page, rows: [...previousRows, ...page.rows] };
    default:
      return page;
  }
};

/**
 * The API's answer as a fault changes it.
 *
 * `ownLink`: path and query of the request; `previousRows`: the conversations of the page before.
 */
export const changedAnswer = (action: FaultAction, answer: Answer, ownLink: string, previousRows: readonly string[]): Answer => {
  if (action.kind === 'text') return { ...answer, content: { kind: 'text', text: action.text, contentType: 'application/json' } };
  if (action.kind === 'contentType') return { ...answer, headers: { ...answer.headers, 'Content-Type': action.value } };
  if (answer.content.kind !== 'page') return answer;
  return { ...answer, content: { kind: 'page', page: changedPage(action, answer.content.page, ownLink, previousRows) } };
};
