import type * as z from 'zod';
import { wrongClientId, wrongClientSecret } from './credentials.js';
import { checkedText, duration, integer, listOf, permissions, section, share, text } from './fields.js';
import { parseOrigin } from './origins.js';
import { parseProxy } from './proxy.js';
import { wrongOf } from './reading.js';
import { domainOf } from './regions.js';

const origin = (doc: string) =>
  checkedText({ doc, title: 'origin', expected: 'an origin such as https://api.mypurecloud.com', wrong: (value) => wrongOf(parseOrigin(value)) });

const wrongRoot = (value: string): string | undefined => {
  if (value === '' || value.includes('\0')) return 'expected the path of a folder';
  if (/^~($|[/\\])/.test(value)) return 'expected the path of a folder; ~ is not expanded here, write ${HOME}';
  return /^[/\\]+$/.test(value) ? 'expected a folder of its own, not the root of the file system' : undefined;
};

const clientSecretFile = text({
  doc: "A file that holds the secret, in place of `clientSecret`; relative to this file's folder. Only its owner may have rights to it (mode 0600 or less).",
  title: 'path',
}).optional();

const client = section(
  {
    clientId: checkedText({ doc: 'Id of the OAuth client.', title: 'text', expected: 'the OAuth client id as text (put it in quotes)', wrong: wrongClientId }),
    clientSecret: checkedText({
      doc: 'Its secret; name a variable, do not write it here.',
      title: 'text',
      expected: 'the OAuth client secret as text (put it in quotes)',
      wrong: wrongClientSecret,
    }).optional(),
    clientSecretFile,
  },
  'An OAuth client.',
);

const genesys = section(
  {
    environment: checkedText({
      doc: 'Where the organisation lives: a region name (`us-east-1`) or a domain (`mypurecloud.ie`). Without it: the variable `GENESYS_ENVIRONMENT`, else `mypurecloud.com`.',
      title: 'region or domain',
      expected: 'a region name (us-east-1) or a domain (mypurecloud.ie)',
      wrong: (value) => wrongOf(domainOf(value)),
    }).optional(),
    baseUrl: origin(
      'Origin of the platform API, in place of `https://api.<domain>`: for gateways and for the bundled imitation. https, or http on loopback. Without it: the variable `GENESYS_BASE_URL`.',
    ).optional(),
    loginUrl: origin(
      'Origin of the token endpoint, in place of `https://login.<domain>`. Without it: the variable `GENESYS_LOGIN_URL`, else `baseUrl` where that is set.',
    ).optional(),
    clientId: checkedText({
      doc: 'Id of the OAuth client (grant type client credentials). Without it: the variable `GENESYS_CLIENT_ID`.',
      title: 'text',
      expected: 'the OAuth client id as text (put it in quotes)',
      wrong: wrongClientId,
    }).optional(),
    clientSecret: checkedText({
      doc: 'Secret of the OAuth client; name a variable, do not write it here. Without it and without `clientSecretFile`: the variable `GENESYS_CLIENT_SECRET`.',
      title: 'text',
      expected: 'the OAuth client secret as text (put it in quotes)',
      wrong: wrongClientSecret,
    }).optional(),
    clientSecretFile,
    clients: listOf(client, {
      doc: 'More OAuth clients. The API limits each token by itself, so every client adds its own budget of requests: each request goes by the one that may go first. All of them must have the same roles and divisions, as any of them may read any page. With this list `clientId` may be left out.',
      expected: 'a list of clients, each with clientId and clientSecret or clientSecretFile',
      title: 'list of clients',
      max: 50,
    }).optional(),
  },
  'Where the API is and who we are there.',
);

const http = section(
  {
    requestsPerMinute: integer({ doc: "Upper bound on requests a minute and client. A token's usual limit is 300; the API's own headers lower the pace further.", min: 1, max: 100_000 }).prefault(300),
    budgetShare: share({ doc: 'Share of what the API allows a token a minute that gcx may use; the rest is left to other programs with the same client. `0.5` leaves them half.', min: 0.01 }).prefault(1),
    timeout: duration({ doc: "Longest time from a request's first byte to its answer's last.", minMs: 1_000, maxMs: 3_600_000 }).prefault('60s'),
    maxAttempts: integer({ doc: 'Tries of one request, the first included, before its partition is given up for this run.', min: 1, max: 20 }).prefault(6),
    proxy: checkedText({
      doc: 'HTTP proxy, e.g. `http://proxy.example:3128`. Without it: `HTTPS_PROXY` (`HTTP_PROXY` for http origins), unless `NO_PROXY` exempts the host; loopback is never proxied.',
      title: 'proxy URL',
      expected: 'a proxy such as http://proxy.example:3128',
      wrong: (value) => wrongOf(parseProxy(value)),
    }).optional(),
  },
  'How the API is spoken to.',
);

const output = section(
  {
    root: checkedText({
      doc: "The output folder; relative to this file's folder. `--output` overrides it.",
      title: 'path',
      expected: 'the path of a folder',
      wrong: wrongRoot,
    }).prefault('output'),
    fileMode: permissions({ doc: "Permission bits of files, in quotes; `'0640'` lets a group read.", needed: 0o600 }).prefault('0600'),
    dirMode: permissions({ doc: "Permission bits of folders, in quotes; `'0750'` lets a group read.", needed: 0o700 }).prefault('0700'),
  },
  'Where files go and who may read them. Participant attributes are personal data: by default only the owner may.',
);

/** The rules of config.yaml. Shape: what zod reads is the file after variables were replaced; what it gives has units read. */
export const ConfigShape = section(
  { genesys: genesys.prefault({}), http: http.prefault({}), output: output.prefault({}) },
  'Connection and output of genesys-conversation-export.',
);

/** config.yaml, parsed and defaulted, before variables of the environment fill the rest. */
export type ConfigContent = z.output<typeof ConfigShape>;
