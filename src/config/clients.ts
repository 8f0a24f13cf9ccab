import { resolve } from 'node:path';
import { Secret } from '../model/secret.js';
import type { ClientCredentials, GenesysSettings } from '../model/settings.js';
import type { ConfigContent } from './configShape.js';
import { readSecretFile, wrongClientId, wrongClientSecret } from './credentials.js';
import { problemsOf } from './reading.js';
import { keyOrVariable } from './settingsContext.js';
import type { SettingsContext } from './settingsContext.js';
import type { Environment } from './variables.js';
import type { YamlPath } from './where.js';

type GenesysContent = ConfigContent['genesys'];
type ClientContent = NonNullable<GenesysContent['clients']>[number];

/** Stands for a credential that is not needed; it is never sent. */
const STAND_IN = 'not-needed';

const secretOfFile = async (name: string, path: YamlPath, context: SettingsContext): Promise<Secret | undefined> => {
  const reading = await readSecretFile(resolve(context.folder, name), context.where(path));
  // Who sends nothing, a loader of another user for instance, need not be able to read it.
  if ('problems' in reading && context.offline) return new Secret(`${STAND_IN}-0`);
  context.problems.push(...problemsOf(reading));
  return 'value' in reading ? reading.value : undefined;
};

const refuseBoth = (given: Pick<GenesysContent, 'clientSecret' | 'clientSecretFile'>, path: YamlPath, context: SettingsContext): void => {
  if (given.clientSecret !== undefined && given.clientSecretFile !== undefined) {
    context.problems.push({ where: context.where(path), what: 'is given together with clientSecret; keep one of the two' });
  }
};

const SECRET_MISSING = 'is missing: set the environment variable GENESYS_CLIENT_SECRET, or name a file in clientSecretFile';
const ID_MISSING = 'is missing: set the environment variable GENESYS_CLIENT_ID to the id of an OAuth client';

const firstSecret = async (genesys: GenesysContent, isNeeded: boolean, context: SettingsContext): Promise<Secret | undefined> => {
  const path = ['genesys', 'clientSecretFile'];
  refuseBoth(genesys, path, context);
  if (genesys.clientSecretFile !== undefined) return secretOfFile(genesys.clientSecretFile, path, context);
  if (context.isBad(path)) return undefined;
  const text = keyOrVariable(context, {
    key: 'clientSecret',
    given: genesys.clientSecret,
    variable: 'GENESYS_CLIENT_SECRET',
    wrong: wrongClientSecret,
    ...(isNeeded ? { missing: SECRET_MISSING } : {}),
  });
  return text === undefined ? undefined : new Secret(text);
};

/** The client that has keys and variables of its own; it may be left out where there is a list of clients. */
const firstClient = async (genesys: GenesysContent, isNeeded: boolean, context: SettingsContext): Promise<ClientCredentials | undefined> => {
  const known = context.problems.length;
  const clientId = keyOrVariable(context, {
    key: 'clientId',
    given: genesys.clientId,
    variable: 'GENESYS_CLIENT_ID',
    wrong: wrongClientId,
    ...(isNeeded ? { missing: ID_MISSING } : {}),
  });
  const clientSecret = await firstSecret(genesys, isNeeded, context);
  if (clientId !== undefined && clientSecret !== undefined) return { clientId, clientSecret };
  const isHalf = (clientId === undefined) !== (clientSecret === undefined);
  const isToldAlready = ['clientId', 'clientSecret', 'clientSecretFile'].some((key) => context.isBad(['genesys', key]));
  if (isHalf && context.problems.length === known && !isToldAlready) {
    const [key, what] = clientId === undefined ? ['clientId', ID_MISSING] : ['clientSecret', SECRET_MISSING];
    context.problems.push({ where: context.where(['genesys', key]), what });
  }
  return undefined;
};

const listedClient = async (client: ClientContent, n: number, context: SettingsContext): Promise<ClientCredentials | undefined> => {
  const path = ['genesys', 'clients', n];
  refuseBoth(client, [...path, 'clientSecretFile'], context);
  if (client.clientSecretFile !== undefined) {
    const clientSecret = await secretOfFile(client.clientSecretFile, [...path, 'clientSecretFile'], context);
    return clientSecret === undefined ? undefined : { clientId: client.clientId, clientSecret };
  }
  if (client.clientSecret !== undefined) return { clientId: client.clientId, clientSecret: new Secret(client.clientSecret) };
  if (!context.isBad([...path, 'clientSecret']) && !context.isBad([...path, 'clientSecretFile'])) context.problems.push({ where: context.where([...path, 'clientSecret']), what: 'is missing: name a variable in clientSecret, or a file in clientSecretFile' });
  return undefined;
};

/** The same client twice is one budget twice: two tokens of it would be taken for more than they are. */
const refuseRepeated = (first: ClientCredentials | undefined, listed: readonly ClientContent[], context: SettingsContext): void => {
  const seen = new Set(first === undefined ? [] : [first.clientId]);
  listed.forEach(({ clientId }, n) => {
    if (seen.has(clientId)) context.problems.push({ where: context.where(['genesys', 'clients', n, 'clientId']), what: 'is the id of an earlier client (or of GENESYS_CLIENT_ID): name each client once' });
    seen.add(clientId);
  });
};

const CREDENTIAL_VARIABLE = /client(?:Id|Secret|SecretFile)["']?\s*:\s*["']?\$\{([A-Za-z_]\w*)\}/g;

/**
 * The environment of a command that sends nothing: a stand-in for every credential that is not set.
 *
 * @param text the file's, which may read credentials from variables of any name.
 */
export const withStandIns = (text: string, env: Environment): Environment => {
  const named = [...text.matchAll(CREDENTIAL_VARIABLE)].map(([, name]) => name ?? '');
  // With a list of clients the first one may be missing, and shall not be made up.
  const first = /^\s*["']?clients["']?\s*:|[{,]\s*clients\s*:/m.test(text) ? [] : ['GENESYS_CLIENT_ID', 'GENESYS_CLIENT_SECRET'];
  const missing = [...new Set([...first, ...named])].filter((name) => (env[name] ?? '') === '');
  return { ...env, ...Object.fromEntries(missing.map((name, n) => [name, `${STAND_IN}-${String(n + 1)}`])) };
};

const isStandIn = (text: string): boolean => new RegExp(`^${STAND_IN}-\\d+$`).test(text);

/** Whether every credential was given: none is a stand-in (`withStandIns`). */
export const hasCredentials = ({ genesys }: { readonly genesys: Pick<GenesysSettings, 'clientId' | 'clientSecret' | 'moreClients'> }): boolean =>
  [genesys, ...(genesys.moreClients ?? [])].every(({ clientId, clientSecret }) => !isStandIn(clientId) && !isStandIn(clientSecret.reveal()));

/** Every OAuth client of the settings; nothing where one of them is unusable, which is then among the problems. */
export const readClients = async (genesys: GenesysContent, context: SettingsContext): Promise<Pick<GenesysSettings, 'clientId' | 'clientSecret' | 'moreClients'> | undefined> => {
  const listed = genesys.clients ?? [];
  const isListed = listed.length > 0 || context.isBad(['genesys', 'clients']);
  const first = await firstClient(genesys, !isListed, context);
  const more: ClientCredentials[] = [];
  for (const [n, entry] of listed.entries()) {
    const client = await listedClient(entry, n, context);
    if (client !== undefined) more.push(client);
  }
  refuseRepeated(first, listed, context);
  const [head, ...rest] = first === undefined ? more : [first, ...more];
  return head === undefined ? undefined : { ...head, ...(rest.length === 0 ? {} : { moreClients: rest }) };
};
