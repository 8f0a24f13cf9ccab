import { nearest } from './didYouMean.js';

/**
 * Region names and their domains.
 *
 * Source: the region hosts of the official JavaScript SDK (genesys-cloud-api.md section 5). The list is open: any host name is taken as a domain.
 */
export const REGIONS: Readonly<Record<string, string>> = {
  'us-east-1': 'mypurecloud.com',
  'eu-west-1': 'mypurecloud.ie',
  'ap-southeast-2': 'mypurecloud.com.au',
  'ap-northeast-1': 'mypurecloud.jp',
  'eu-central-1': 'mypurecloud.de',
  'us-west-2': 'usw2.pure.cloud',
  'ca-central-1': 'cac1.pure.cloud',
  'ap-northeast-2': 'apne2.pure.cloud',
  'eu-west-2': 'euw2.pure.cloud',
  'ap-south-1': 'aps1.pure.cloud',
  'us-east-2': 'use2.us-gov-pure.cloud',
  'sa-east-1': 'sae1.pure.cloud',
  'me-central-1': 'mec1.pure.cloud',
  'ap-northeast-3': 'apne3.pure.cloud',
  'eu-central-2': 'euc2.pure.cloud',
  'mx-central-1': 'mxc1.pure.cloud',
  'ap-southeast-1': 'apse1.pure.cloud',
  'eusc-de-east-1': 'edee1.eusc-pure.cloud',
};

const HOST = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const EXPECTED = 'expected a region name (us-east-1) or a domain (mypurecloud.ie)';

/** What an `environment` stands for: its domain, or what is wrong with it. */
export type DomainOutcome = { readonly domain: string } | { readonly wrong: string };

/** The domain of a region name (`us-east-1`, also `us_east_1`) or domain (`mypurecloud.ie`). */
export const domainOf = (environment: string): DomainOutcome => {
  const text = environment.trim().toLowerCase();
  const region = text.replaceAll('_', '-');
  const known = Object.hasOwn(REGIONS, region) ? REGIONS[region] : undefined;
  if (known !== undefined) return { domain: known };
  if (/^(api|login|apps)\./.test(text)) return { wrong: `${EXPECTED}; leave out the "${text.split('.')[0] ?? ''}." in front of the domain` };
  if (HOST.test(text)) return { domain: text };
  const meant = nearest(region, Object.keys(REGIONS));
  if (text.includes('/')) return { wrong: `${EXPECTED}; an address belongs in baseUrl` };
  return { wrong: `${EXPECTED}${meant === undefined ? `; known regions: ${Object.keys(REGIONS).join(', ')}` : `; did you mean ${meant}?`}` };
};
