import * as z from 'zod';
import { badRequest, emptyAnswer, jsonAnswer, notFound, type Answer, type Exchange } from '../answer.js';
import type { ConversationHistory, ParticipantHistory } from '../history.js';
import { platformWire } from '../platformWire.js';
import { readJson } from '../queryBody.js';
import type { World } from '../world.js';
import type { Route } from './route.js';

const AttributesBody = z.looseObject({
  attributes: z.custom<Readonly<Record<string, string>>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every((v) => typeof v === 'string'),
  ),
});

/** Media whose own routes read and write the same attributes. */
const MEDIA = ['calls', 'callbacks', 'emails', 'messages', 'cobrowsesessions'] as const;

const find = (world: World, id: string): ConversationHistory | undefined => {
  const { calendar } = world.dataset;
  const index = calendar.indexOf(id);
  return index === undefined || calendar.startMs(index) > world.clock.nowMs() ? undefined : world.history(index);
};

const noConversation = (exchange: Exchange): Answer =>
  notFound(exchange.correlationId, 'The conversation does not exist.', 'conversation.error.conversation.not.found');

const get = (world: World, exchange: Exchange): Answer => {
  const history = find(world, exchange.parts[0]!);
  return history === undefined ? noConversation(exchange) : jsonAnswer(200, platformWire(history, world.clock.nowMs(), world.baseUrl));
};

const present = (world: World, history: ConversationHistory, id: string): ParticipantHistory | undefined =>
  history.participants?.find((p) => p.id === id && p.joinMs <= world.clock.nowMs());

const patch = (reply: (attributes: Readonly<Record<string, string>>) => Answer) => (world: World, exchange: Exchange): Answer => {
  const [conversationId = '', participantId = ''] = exchange.parts;
  const json = readJson(exchange);
  if (json.refused !== undefined) return json.refused;
  const body = AttributesBody.safeParse(json.value);
  if (!body.success) return badRequest(exchange.correlationId, 'attributes must be a map of strings');
  const history = find(world, conversationId);
  if (history === undefined) return noConversation(exchange);
  if (present(world, history, participantId) === undefined) return notFound(exchange.correlationId, 'The participant does not exist.');
  const setMs = world.clock.nowMs();
  world.overlay.write(conversationId, participantId, Object.entries(body.data.attributes).map(([name, value]) => ({ name, value, setMs })));
  return reply(body.data.attributes);
};

const accepted = patch(() => emptyAnswer(202));
const echoed = patch((attributes) => jsonAnswer(200, { attributes }));

/** Live conversations: the other model, full attribute values, and writing attributes (also by the routes of each medium). */
export const conversationRoutes: readonly Route[] = [
  ...MEDIA.flatMap((media): Route[] => [
    { method: 'GET', path: `/api/v2/conversations/${media}/{conversationId}`, answer: get },
    { method: 'PATCH', path: `/api/v2/conversations/${media}/{conversationId}/participants/{participantId}/attributes`, answer: echoed },
  ]),
  { method: 'GET', path: '/api/v2/conversations/{conversationId}', anyOf: ['conversation:communication:view'], answer: get },
  { method: 'PATCH', path: '/api/v2/conversations/{conversationId}/participants/{participantId}/attributes', answer: accepted },
];
