import type { Answer, Exchange } from '../answer.js';
import type { World } from '../world.js';

/** A route of the imitated API. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** `/api/v2/conversations/{id}`: each `{…}` is one part of the path. */
  readonly path: string;
  /** Served without a bearer token. */
  readonly open?: boolean;
  /** Permissions of which the client needs one. */
  readonly anyOf?: readonly string[];
  readonly answer: (world: World, exchange: Exchange) => Answer;
}

/** The permissions of which conversation details need one. */
export const DETAIL_PERMISSIONS = ['analytics:conversationDetail:view', 'analytics:agentConversationDetail:view'] as const;
