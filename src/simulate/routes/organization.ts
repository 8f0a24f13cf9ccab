import { jsonAnswer, type Answer, type Exchange } from '../answer.js';
import type { World } from '../world.js';
import type { Route } from './route.js';

const limitsOf = (world: World, namespace: string): readonly { key: string; value: number }[] => {
  const { settings } = world;
  if (namespace === 'analytics') {
    return [
      { key: 'details.jobs.concurrent.access.max', value: settings.maxConcurrentJobs },
      { key: 'details.jobs.rate.per.second', value: 1 },
    ];
  }
  return namespace === 'platform.api' ? [{ key: 'client.credentials.token.rate.per.minute', value: settings.requestsPerMinute }] : [];
};

const limits = (world: World, exchange: Exchange): Answer => {
  const namespace = exchange.parts[0]!;
  const entities = limitsOf(world, namespace).map((limit) => ({ ...limit, namespace }));
  return jsonAnswer(200, { entities, pageSize: 25, pageNumber: 1, total: entities.length, pageCount: 1, selfUri: exchange.path });
};

const me = (world: World): Answer => {
  const { id, name } = world.dataset.org;
  return jsonAnswer(200, { id, name, defaultLanguage: 'de', domain: 'imitation', version: 1, state: 'active', productPlatform: 'GenesysCloud', selfUri: `/api/v2/organizations/${id}` });
};

const token = (world: World): Answer => {
  const { id, name } = world.dataset.org;
  const organization = { id, name };
  return jsonAnswer(200, { organization, homeOrganization: organization, authorizedScope: ['analytics:readonly'], OAuthClient: { id: world.settings.clientId, name: 'exporter', organization } });
};

/** Who the client is and which limits its organization has. */
export const organizationRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/v2/organizations/me', answer: me },
  { method: 'GET', path: '/api/v2/tokens/me', answer: token },
  { method: 'GET', path: '/api/v2/organizations/limits/namespaces/{namespace}', answer: limits },
  { method: 'GET', path: '/api/v2/organizations/limits/namespaces/{namespace}/defaults', answer: limits },
];
