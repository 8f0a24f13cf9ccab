import { readQueryBody } from '../queryBody.js';
import { gatewayQuery } from './gatewayQuery.js';
import { publicQuery } from './publicQuery.js';
import { DETAIL_PERMISSIONS, type Route } from './route.js';

/** The details query in both body styles: `dateRange` is the next-page-url protocol, `interval` the public model. */
export const detailsQuery: Route = {
  method: 'POST',
  path: '/api/v2/analytics/conversations/details/query',
  anyOf: DETAIL_PERMISSIONS,
  answer: (world, exchange) => {
    const body = readQueryBody(exchange);
    if (body.refused !== undefined) return body.refused;
    const isGateway = body.value.dateRange !== null && body.value.dateRange !== undefined;
    return isGateway ? gatewayQuery(world, exchange, body.value) : publicQuery(world, exchange, body.value);
  },
};
