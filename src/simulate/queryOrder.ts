import { invalidValue, type Answer } from './answer.js';
import type { QueryBody } from './queryBody.js';

const ORDERS = ['asc', 'desc', 'unordered'] as const;
const ORDERS_BY = ['conversationStart', 'conversationEnd', 'segmentStart', 'segmentEnd'] as const;

/** The refusal of an order that neither query nor job takes. Source: ConversationQuery, AsyncConversationQuery. */
export const orderFault = (correlationId: string, { order, orderBy }: QueryBody): Answer | undefined => {
  if (typeof order === 'string' && !(ORDERS as readonly string[]).includes(order)) return invalidValue(correlationId, order, 'QueryOrder', ORDERS);
  if (typeof orderBy === 'string' && !(ORDERS_BY as readonly string[]).includes(orderBy)) return invalidValue(correlationId, orderBy, 'DetailQueryOrderBy', ORDERS_BY);
  return undefined;
};
