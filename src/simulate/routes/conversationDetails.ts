import { badRequest, notFound, type Answer, type Exchange } from '../answer.js';
import type { World } from '../world.js';
import { DETAIL_PERMISSIONS, type Route } from './route.js';

const MAX_IDS = 100;

const found = (world: World, id: string): string | undefined => {
  const asOfMs = world.clock.nowMs();
  const index = world.dataset.calendar.indexOf(id);
  if (index === undefined || world.dataset.calendar.startMs(index) > asOfMs) return undefined;
  return world.rowText(index, { asOfMs, attributes: false, spelling: 'public' });
};

const text = (body: string): Answer => ({ status: 200, content: { kind: 'text', text: body, contentType: 'application/json' } });

const one = (world: World, exchange: Exchange): Answer => {
  const conversation = found(world, exchange.parts[0]!);
  return conversation === undefined ? notFound(exchange.correlationId, 'The conversation does not exist.') : text(conversation);
};

const several = (world: World, exchange: Exchange): Answer => {
  const ids = exchange.query.getAll('id').flatMap((value) => value.split(',')).filter((id) => id !== '');
  if (ids.length === 0 || ids.length > MAX_IDS) return badRequest(exchange.correlationId, `Between 1 and ${String(MAX_IDS)} conversation ids are required.`);
  const rows = ids.map((id) => found(world, id)).filter((row) => row !== undefined);
  return text(`{"conversations":[${rows.join(',')}]}`);
};

/** Details of conversations by id: fresh, without attributes. */
export const conversationDetails: readonly Route[] = [
  { method: 'GET', path: '/api/v2/analytics/conversations/details', anyOf: DETAIL_PERMISSIONS, answer: several },
  { method: 'GET', path: '/api/v2/analytics/conversations/{conversationId}/details', anyOf: DETAIL_PERMISSIONS, answer: one },
];
