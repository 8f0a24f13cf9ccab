import { parse, resolve } from 'node:path';
import type { Problem } from '../model/errors.js';
import { Secret } from '../model/secret.js';
import type { GenesysSettings, OutputSettings, Settings } from '../model/settings.js';
import { ConfigShape } from './configShape.js';
import type { ConfigContent } from './configShape.js';
import { readSecretFile, wrongClientId, wrongClientSecret } from './credentials.js';
import { explainIssues, issuePaths } from './issues.js';
import { isLoopback, parseOrigin } from './origins.js';
import { parseProxy, proxyVariable } from './proxy.js';
import type { Reading } from './reading.js';
import { problemsOf } from './reading.js';
import { domainOf } from './regions.js';
import type { Environment } from './variables.js';
import type { YamlPath } from './where.js';
import { readYamlTree } from './yamlTree.js';

/** A config.yaml and what fills its gaps. */
export interface SettingsText {
  readonly text: string;
  /** Names the file in problems. */
  readonly file: string;
  /** Absolute path of the folder that relative paths in the file start from. */
  readonly folder: string;
  readonly env: Environment;
  /** Absolute; overrides `output.root`. */
  readonly output: string | undefined;
}

/** What the parts of the settings are resolved with. */
interface Context {
  readonly env: Environment;
  readonly folder: string;
  readonly problems: Problem[];
  where(path: YamlPath): string;
  /** Whether the file's value there is unusable and said to be. */
  isBad(path: YamlPath): boolean;
}

const DEFAULT_DOMAIN = 'mypurecloud.com';

const wrongOf = (outcome: object): string | undefined => ('wrong' in outcome ? String(outcome.wrong) : undefined);

/** The text of a key of `genesys`, else of its variable. `missing`: what to say where neither is there; absent, that is no problem. */
const keyOrVariable = (
  context: Context,
  asked: { readonly key: string; readonly given: string | undefined; readonly variable: string; readonly wrong: (value: string) => string | undefined; readonly missing?: string },
): string | undefined => {
  const path = ['genesys', asked.key];
  if (asked.given !== undefined || context.isBad(path)) return asked.given;
  const value = context.env[asked.variable]?.trim() ?? '';
  const what = value === '' ? asked.missing : asked.wrong(value);
  if (what !== undefined) context.problems.push({ where: value === '' ? context.where(path) : asked.variable, what });
  return value === '' || what !== undefined ? undefined : value;
};

const originOf = (text: string | undefined): string | undefined => {
  const outcome = text === undefined ? undefined : parseOrigin(text);
  return outcome !== undefined && 'origin' in outcome ? outcome.origin : undefined;
};

const origins = (genesys: ConfigContent['genesys'], context: Context): Pick<GenesysSettings, 'baseUrl' | 'loginUrl'> => {
  const wrongOrigin = (value: string): string | undefined => wrongOf(parseOrigin(value));
  const environment = keyOrVariable(context, { key: 'environment', given: genesys.environment, variable: 'GENESYS_ENVIRONMENT', wrong: (value) => wrongOf(domainOf(value)) });
  const baseUrl = originOf(keyOrVariable(context, { key: 'baseUrl', given: genesys.baseUrl, variable: 'GENESYS_BASE_URL', wrong: wrongOrigin }));
  const loginUrl = originOf(keyOrVariable(context, { key: 'loginUrl', given: genesys.loginUrl, variable: 'GENESYS_LOGIN_URL', wrong: wrongOrigin }));
  const outcome = domainOf(environment ?? DEFAULT_DOMAIN);
  const domain = 'domain' in outcome ? outcome.domain : DEFAULT_DOMAIN;
  return { baseUrl: baseUrl ?? `https://api.${domain}`, loginUrl: loginUrl ?? baseUrl ?? `https://login.${domain}` };
};

const credentials = async (genesys: ConfigContent['genesys'], context: Context): Promise<Pick<GenesysSettings, 'clientId' | 'clientSecret'> | undefined> => {
  const clientId = keyOrVariable(context, {
    key: 'clientId',
    given: genesys.clientId,
    variable: 'GENESYS_CLIENT_ID',
    wrong: wrongClientId,
    missing: 'is missing: set the environment variable GENESYS_CLIENT_ID to the id of an OAuth client',
  });
  const clientSecret = await secret(genesys, context);
  return clientId === undefined || clientSecret === undefined ? undefined : { clientId, clientSecret };
};

const secret = async (genesys: ConfigContent['genesys'], context: Context): Promise<Secret | undefined> => {
  const path = ['genesys', 'clientSecretFile'];
  if (genesys.clientSecretFile !== undefined) {
    if (genesys.clientSecret !== undefined) {
      context.problems.push({ where: context.where(path), what: 'is given together with clientSecret: keep one of the two' });
    }
    const reading = await readSecretFile(resolve(context.folder, genesys.clientSecretFile), context.where(path));
    context.problems.push(...problemsOf(reading));
    return 'value' in reading ? reading.value : undefined;
  }
  if (context.isBad(path)) return undefined;
  const text = keyOrVariable(context, {
    key: 'clientSecret',
    given: genesys.clientSecret,
    variable: 'GENESYS_CLIENT_SECRET',
    wrong: wrongClientSecret,
    missing: 'is missing: set the environment variable GENESYS_CLIENT_SECRET, or name a file in clientSecretFile',
  });
  return text === undefined ? undefined : new Secret(text);
};

const proxyUrlFor = (origin: string, given: string | undefined, context: Context): string | undefined => {
  if (isLoopback(new URL(origin).hostname)) return undefined;
  const variable = given === undefined && !context.isBad(['http', 'proxy']) ? proxyVariable(origin, context.env) : undefined;
  const text = given ?? variable?.value.trim();
  const outcome = text === undefined ? undefined : parseProxy(text);
  if (outcome === undefined) return undefined;
  if ('proxyUrl' in outcome) return outcome.proxyUrl;
  context.problems.push({ where: variable?.name ?? context.where(['http', 'proxy']), what: outcome.wrong });
  return undefined;
};

const outputOf = (content: ConfigContent['output'], override: string | undefined, context: Context): OutputSettings => {
  const root = override ?? resolve(context.folder, content.root);
  if (parse(root).root === root) {
    context.problems.push({ where: override === undefined ? context.where(['output', 'root']) : '--output', what: 'expected a folder of its own, not the root of the file system' });
  }
  return { root, fileMode: content.fileMode, dirMode: content.dirMode };
};

/** Why here too, where the transport checks certificates whatever the variable says: somebody who set it expects a connection that we refuse to make. */
const refuseUncheckedCertificates = ({ env, problems }: Context): void => {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    problems.push({ where: 'NODE_TLS_REJECT_UNAUTHORIZED', what: 'turns the check of certificates off: unset it, and name a private authority with NODE_EXTRA_CA_CERTS' });
  }
};

/** A copy without the values at some paths. Why: what is sound in a file is looked at even where other keys are wrong. */
const without = (value: unknown, paths: readonly YamlPath[]): unknown => {
  const copy: unknown = structuredClone(value);
  for (const path of paths) {
    const key = path.at(-1);
    if (key === undefined) return {};
    let parent = copy;
    for (const step of path.slice(0, -1)) {
      parent = typeof parent === 'object' && parent !== null && Object.hasOwn(parent, step) ? (parent as Readonly<Record<PropertyKey, unknown>>)[step] : undefined;
    }
    if (typeof parent === 'object' && parent !== null) Reflect.deleteProperty(parent, key);
  }
  return copy;
};

/** Reads config.yaml and fills its gaps from the environment; every problem at once. */
export const parseSettings = async ({ text, file, folder, env, output }: SettingsText): Promise<Reading<Settings>> => {
  const tree = readYamlTree(text, file, env);
  if (tree.isSpoilt([])) return { problems: tree.problems };
  const issues = ConfigShape.safeParse(tree.value).error?.issues ?? [];
  const bad = issues.flatMap(issuePaths);
  const content = ConfigShape.parse(without(tree.value, bad));
  const isBelow = (path: YamlPath, parent: YamlPath): boolean => parent.every((step, n) => path[n] === step);
  const context: Context = {
    env,
    folder,
    problems: [...tree.problems, ...explainIssues(issues, tree, ConfigShape)],
    where: (path) => tree.where(path),
    isBad: (path) => tree.isSpoilt(path) || bad.some((parent) => isBelow(path, parent)),
  };
  refuseUncheckedCertificates(context);
  const urls = origins(content.genesys, context);
  const client = await credentials(content.genesys, context);
  const { requestsPerMinute, timeout, maxAttempts, proxy } = content.http;
  const proxyUrl = proxyUrlFor(urls.baseUrl, proxy, context);
  const files = outputOf(content.output, output, context);
  if (client === undefined || context.problems.length > 0) return { problems: context.problems };
  return { value: { genesys: { ...urls, ...client }, http: { requestsPerMinute, timeoutMs: timeout, maxAttempts, proxyUrl }, output: files } };
};
