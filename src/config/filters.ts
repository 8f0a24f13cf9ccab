import * as z from 'zod';
import { nearest } from './didYouMean.js';

/** Keys of a request body that the exporter sets. Why refused: another interval, page or limit would lose or double rows. */
const RESERVED = [
  'interval', 'dateRange', 'paging', 'pageSize', 'pageNumber', 'order', 'orderBy', 'view', 'groupBy', 'select', 'limit', 'cursor', 'startOfDayIntervalMatching',
] as const;

/** Keys of today's public model. Others pass: gateways have their own. */
const KNOWN = ['conversationFilters', 'segmentFilters', 'evaluationFilters', 'surveyFilters', 'resolutionFilters', 'filter', 'metrics'] as const;

const isJson = (value: unknown): boolean => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'object' && Object.values(value).every(isJson);
};

/** The field rule of `source.filters`: what is passed through to the request body, unchanged. */
export const filters = (doc: string) =>
  z
    .unknown()
    .transform((value, context): Readonly<Record<string, unknown>> => {
      if (typeof value !== 'object' || value === null || Array.isArray(value) || !isJson(value)) {
        context.addIssue({ code: 'custom', message: 'expected keys of the request body with JSON values, such as conversationFilters' });
        return z.NEVER;
      }
      for (const key of Object.keys(value)) {
        const meant = nearest(key, KNOWN);
        if ((RESERVED as readonly string[]).includes(key)) {
          context.addIssue({ code: 'custom', path: [key], message: 'is set by the exporter itself; leave it out' });
        } else if (meant !== undefined && meant !== key) {
          context.addIssue({ code: 'custom', path: [key], message: `is no key of the request body; did you mean ${meant}?` });
        }
      }
      return value as Readonly<Record<string, unknown>>;
    })
    .describe(doc)
    .meta({ title: 'keys of the request body', type: 'object' });
