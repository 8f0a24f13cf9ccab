import { parse, resolve } from 'node:path';
import type { GenesysSettings, OutputSettings, Settings } from '../model/settings.js';
import { readClients, withStandIns } from './clients.js';
import { ConfigShape } from './configShape.js';
import type { ConfigContent } from './configShape.js';
import { explainIssues, issuePaths } from './issues.js';
import { isLoopback, parseOrigin } from './origins.js';
import { parseProxy, proxyVariable } from './proxy.js';
import { wrongOf, type Reading } from './reading.js';
import { domainOf } from './regions.js';
import { keyOrVariable } from './settingsContext.js';
import type { SettingsContext } from './settingsContext.js';
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
  /** Nothing is sent: credentials may be missing. */
  readonly offline?: boolean;
}

const DEFAULT_DOMAIN = 'mypurecloud.com';

const originOf = (text: string | undefined): string | undefined => {
  const outcome = text === undefined ? undefined : parseOrigin(text);
  return outcome !== undefined && 'origin' in outcome ? outcome.origin : undefined;
};

const origins = (genesys: ConfigContent['genesys'], context: SettingsContext): Pick<GenesysSettings, 'baseUrl' | 'loginUrl'> => {
  const wrongOrigin = (value: string): string | undefined => wrongOf(parseOrigin(value));
  const environment = keyOrVariable(context, { key: 'environment', given: genesys.environment, variable: 'GENESYS_ENVIRONMENT', wrong: (value) => wrongOf(domainOf(value)) });
  const baseUrl = originOf(keyOrVariable(context, { key: 'baseUrl', given: genesys.baseUrl, variable: 'GENESYS_BASE_URL', wrong: wrongOrigin }));
  const loginUrl = originOf(keyOrVariable(context, { key: 'loginUrl', given: genesys.loginUrl, variable: 'GENESYS_LOGIN_URL', wrong: wrongOrigin }));
  const outcome = domainOf(environment ?? DEFAULT_DOMAIN);
  const domain = 'domain' in outcome ? outcome.domain : DEFAULT_DOMAIN;
  return { baseUrl: baseUrl ?? `https://api.${domain}`, loginUrl: loginUrl ?? baseUrl ?? `https://login.${domain}` };
};

const proxyUrlFor = (origin: string, given: string | undefined, context: SettingsContext): string | undefined => {
  if (isLoopback(new URL(origin).hostname)) return undefined;
  const variable = given === undefined && !context.isBad(['http', 'proxy']) ? proxyVariable(origin, context.env) : undefined;
  const text = given ?? variable?.value.trim();
  const outcome = text === undefined ? undefined : parseProxy(text);
  if (outcome === undefined) return undefined;
  if ('proxyUrl' in outcome) return outcome.proxyUrl;
  const where = variable?.name ?? context.where(['http', 'proxy']);
  // One variable serves both origins.
  if (!context.problems.some((problem) => problem.where === where && problem.what === outcome.wrong)) context.problems.push({ where, what: outcome.wrong });
  return undefined;
};

const outputOf = (content: ConfigContent['output'], override: string | undefined, context: SettingsContext): OutputSettings => {
  const root = override ?? resolve(context.folder, content.root);
  if (parse(root).root === root) {
    context.problems.push({ where: override === undefined ? context.where(['output', 'root']) : '--output', what: 'expected a folder of its own, not the root of the file system' });
  }
  return { root, fileMode: content.fileMode, dirMode: content.dirMode };
};

/** Why here too, where the transport checks certificates whatever the variable says: somebody who set it expects a connection that we refuse to make. */
const refuseUncheckedCertificates = ({ env, problems }: SettingsContext): void => {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    problems.push({ where: 'NODE_TLS_REJECT_UNAUTHORIZED', what: 'turns the check of certificates off: unset it, and name a private authority with NODE_EXTRA_CA_CERTS' });
  }
};

/** Of what NODE_DEBUG can name, what makes undici print the address of every request. */
const TELLING = ['undici', 'fetch', 'websocket'];

/**
 * Refuses what would print addresses, which hold cursors and links, to stderr.
 *
 * Why refused and not silenced: Node reads the variable as it starts, before any code of ours. How it is matched is Node's own way.
 */
const refuseTellingDebug = ({ env, offline, problems }: SettingsContext): void => {
  const names = (env['NODE_DEBUG'] ?? '').replaceAll(/[|\\{}()[\]^$+?.]/g, String.raw`\$&`).replaceAll('*', '.*').replaceAll(',', '$|^');
  const told = names === '' || offline ? [] : TELLING.filter((name) => new RegExp(`^${names}$`, 'i').test(name));
  if (told.length > 0) problems.push({ where: 'NODE_DEBUG', what: `prints addresses that hold cursors: leave out ${TELLING.join(', ')}, and * where it stands for them` });
};

/** The path, or that of the list that it leads into: an item that is taken out would move those after it. */
const outsideLists = (path: YamlPath): YamlPath => {
  const n = path.findIndex((step) => typeof step === 'number');
  return n === -1 ? path : path.slice(0, n);
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
export const parseSettings = async ({ text, file, folder, env, output, offline = false }: SettingsText): Promise<Reading<Settings>> => {
  const known = offline ? withStandIns(text, env) : env;
  const tree = readYamlTree(text, file, known);
  if (tree.isSpoilt([])) return { problems: tree.problems };
  const issues = ConfigShape.safeParse(tree.value).error?.issues ?? [];
  const bad = issues.flatMap(issuePaths).map(outsideLists);
  const content = ConfigShape.parse(without(tree.value, bad));
  const isBelow = (path: YamlPath, parent: YamlPath): boolean => parent.every((step, n) => path[n] === step);
  const context: SettingsContext = {
    env: known,
    folder,
    offline,
    problems: [...tree.problems, ...explainIssues(issues, tree, ConfigShape)],
    where: (path) => tree.where(path),
    isBad: (path) => tree.isSpoilt(path) || bad.some((parent) => isBelow(path, parent)),
  };
  refuseUncheckedCertificates(context);
  refuseTellingDebug(context);
  const urls = origins(content.genesys, context);
  const client = await readClients(content.genesys, context);
  const { requestsPerMinute, budgetShare, timeout, maxAttempts, proxy } = content.http;
  const proxyUrl = proxyUrlFor(urls.baseUrl, proxy, context);
  const loginProxyUrl = urls.loginUrl === urls.baseUrl ? proxyUrl : proxyUrlFor(urls.loginUrl, proxy, context);
  const files = outputOf(content.output, output, context);
  if (client === undefined || context.problems.length > 0) return { problems: context.problems };
  return { value: { genesys: { ...urls, ...client }, http: { requestsPerMinute, budgetShare, timeoutMs: timeout, maxAttempts, proxyUrl, loginProxyUrl }, output: files } };
};
