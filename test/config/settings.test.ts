import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isScalar, parseDocument, visit } from 'yaml';
import { parseSettings } from '../../src/config/settings.js';
import type { Problem } from '../../src/model/errors.js';
import type { Settings } from '../../src/model/settings.js';
import { anyText } from '../support/anyText.js';

type Env = Readonly<Record<string, string>>;

const CREDENTIALS: Env = { GENESYS_CLIENT_ID: 'the-id', GENESYS_CLIENT_SECRET: 'canary-secret' };

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gcx-settings-'));
});
afterAll(() => rm(folder, { recursive: true }));

const read = (text: string, env: Env = CREDENTIALS, output?: string) => parseSettings({ text, file: 'config.yaml', folder, env, output });

const settings = async (text: string, env: Env = CREDENTIALS, output?: string): Promise<Settings> => {
  const reading = await read(text, env, output);
  if ('problems' in reading) throw new Error(JSON.stringify(reading.problems));
  return reading.value;
};

const problems = async (text: string, env: Env = CREDENTIALS, output?: string): Promise<readonly Problem[]> => {
  const reading = await read(text, env, output);
  return 'problems' in reading ? reading.problems : [];
};

const lines = async (text: string, env: Env = CREDENTIALS, output?: string): Promise<readonly string[]> => (await problems(text, env, output)).map(({ where, what }) => `${where}: ${what}`);

describe('the settings', () => {
  it('need nothing in the file but credentials in the environment', async () => {
    const { genesys, http, output } = await settings('');
    expect(genesys).toMatchObject({ baseUrl: 'https://api.mypurecloud.com', loginUrl: 'https://login.mypurecloud.com', clientId: 'the-id' });
    expect(genesys.clientSecret.reveal()).toBe('canary-secret');
    expect(http).toEqual({ requestsPerMinute: 300, budgetShare: 1, timeoutMs: 60_000, maxAttempts: 6, proxyUrl: undefined });
    expect(output).toEqual({ root: join(folder, 'output'), fileMode: 0o600, dirMode: 0o700 });
  });

  it('read a region by its name and any host name as a domain', async () => {
    expect((await settings('genesys: { environment: eu-central-1 }')).genesys.baseUrl).toBe('https://api.mypurecloud.de');
    expect((await settings('', { ...CREDENTIALS, GENESYS_ENVIRONMENT: 'usw2.pure.cloud' })).genesys.loginUrl).toBe('https://login.usw2.pure.cloud');
    expect((await settings('genesys: { environment: new.region.example }')).genesys.baseUrl).toBe('https://api.new.region.example');
  });

  it('log in at the base URL where no login URL is given', async () => {
    const { genesys } = await settings('genesys: { baseUrl: "http://127.0.0.1:8123" }');
    expect(genesys).toMatchObject({ baseUrl: 'http://127.0.0.1:8123', loginUrl: 'http://127.0.0.1:8123' });
    const both = await settings('', { ...CREDENTIALS, GENESYS_BASE_URL: 'https://gateway.example', GENESYS_LOGIN_URL: 'https://login.mypurecloud.ie/' });
    expect(both.genesys).toMatchObject({ baseUrl: 'https://gateway.example', loginUrl: 'https://login.mypurecloud.ie' });
  });

  it.each([
    'http://api.mypurecloud.com', 'https://user:pw@api.example', 'https://api.example/path', 'https://api.example?x=1', 'ftp://api.example', 'https:\\\\api.example', 'api.example',
    'http://127.0.0.1.evil.example', 'https://api.example#x',
  ])('never send credentials to %s', async (url) => {
    expect(await problems('', { ...CREDENTIALS, GENESYS_BASE_URL: url })).toMatchObject([{ where: 'GENESYS_BASE_URL' }]);
    expect(await problems(`genesys: { loginUrl: ${JSON.stringify(url)} }`)).toMatchObject([{ where: 'config.yaml: genesys.loginUrl (line 1)' }]);
  });

  it('give the output folder that the command line names', async () => {
    expect((await settings('output: { root: elsewhere }')).output.root).toBe(join(folder, 'elsewhere'));
    expect((await settings('output: { root: elsewhere }', CREDENTIALS, '/data/gcx')).output.root).toBe('/data/gcx');
    expect(await lines('', CREDENTIALS, '/')).toEqual(['--output: expected a folder of its own, not the root of the file system']);
  });

  it.each(['0666', '0702', '0400', '999', 'rw'])('refuse file permissions %s', async (mode) => {
    expect(await problems(`output: { fileMode: '${mode}' }`)).toMatchObject([{ where: 'config.yaml: output.fileMode (line 1)' }]);
  });
});

describe('the proxy', () => {
  const withProxy = async (env: Env, text = ''): Promise<string | undefined> => (await settings(text, { ...CREDENTIALS, ...env })).http.proxyUrl;

  it('is the one of the file, else of the environment', async () => {
    expect(await withProxy({ HTTPS_PROXY: 'http://env:1' }, 'http: { proxy: "http://file:3128" }')).toBe('http://file:3128');
    expect(await withProxy({ HTTPS_PROXY: 'http://env:1' })).toBe('http://env:1');
    expect(await withProxy({ HTTP_PROXY: 'http://env:1' })).toBeUndefined();
  });

  it('is not used for exempted hosts and loopback', async () => {
    expect(await withProxy({ HTTPS_PROXY: 'http://env:1', NO_PROXY: 'other.example, .mypurecloud.com' })).toBeUndefined();
    expect(await withProxy({ HTTPS_PROXY: 'http://env:1', NO_PROXY: 'purecloud.com' })).toBe('http://env:1');
    expect(await withProxy({ HTTP_PROXY: 'http://env:1', GENESYS_BASE_URL: 'http://127.0.0.1:1' })).toBeUndefined();
  });

  it('is a problem of the variable that names it wrongly, told once though it serves two origins', async () => {
    expect(await problems('', { ...CREDENTIALS, HTTPS_PROXY: 'socks5://me:canary-secret@p:1' })).toMatchObject([{ where: 'HTTPS_PROXY' }]);
    expect(await problems('http: { proxy: "socks5://me:canary-secret@p:1" }')).toMatchObject([{ where: 'config.yaml: http.proxy (line 1)' }]);
    const both = { HTTPS_PROXY: 'socks5://p:1', HTTP_PROXY: 'socks5://p:1' };
    expect(await problems('', { ...CREDENTIALS, ...both, GENESYS_BASE_URL: 'http://127.0.0.1:1', GENESYS_LOGIN_URL: 'https://login.example' })).toMatchObject([{ where: 'HTTPS_PROXY' }]);
  });

  it.each([
    ['an external login of an API on loopback is reached through it', { HTTPS_PROXY: 'http://env:1', GENESYS_BASE_URL: 'http://127.0.0.1:1', GENESYS_LOGIN_URL: 'https://login.example' }, undefined, 'http://env:1'],
    ['a login on loopback is not', { HTTPS_PROXY: 'http://env:1', HTTP_PROXY: 'http://env:1', GENESYS_LOGIN_URL: 'http://127.0.0.1:1' }, 'http://env:1', undefined],
    ['a login that NO_PROXY names is not', { HTTPS_PROXY: 'http://env:1', NO_PROXY: 'login.mypurecloud.com' }, 'http://env:1', undefined],
    ['an API that NO_PROXY names is not, its login is', { HTTPS_PROXY: 'http://env:1', NO_PROXY: 'api.mypurecloud.com' }, undefined, 'http://env:1'],
    ['a login without an address of its own is reached as the API is', { HTTPS_PROXY: 'http://env:1', GENESYS_BASE_URL: 'https://gateway.example' }, 'http://env:1', 'http://env:1'],
  ])('of the login service goes by its own origin: %s', async (_what, env, proxyUrl, loginProxyUrl) => {
    expect((await settings('', { ...CREDENTIALS, ...env })).http).toMatchObject({ proxyUrl });
    expect((await settings('', { ...CREDENTIALS, ...env })).http.loginProxyUrl).toBe(loginProxyUrl);
  });

  it('of the file is not used for a login on loopback', async () => {
    const { http } = await settings('http: { proxy: "http://file:3128" }', { ...CREDENTIALS, GENESYS_LOGIN_URL: 'http://127.0.0.1:1' });
    expect([http.proxyUrl, http.loginProxyUrl]).toEqual(['http://file:3128', undefined]);
  });
});

describe('NODE_DEBUG', () => {
  it.each(['undici', 'fetch', 'http,UNDICI', '*', 'websocket', 'un*', 'http,f*ch'])('%s is refused: addresses with cursors would be printed', async (value) => {
    expect(await lines('', { ...CREDENTIALS, NODE_DEBUG: value })).toEqual(['NODE_DEBUG: prints addresses that hold cursors: leave out undici, fetch, websocket, and * where it stands for them']);
    const offline = await parseSettings({ text: '', file: 'config.yaml', folder, env: { NODE_DEBUG: value }, output: undefined, offline: true });
    expect(offline).toHaveProperty('value');
  });

  it.each(['', 'http,net', 'undici2', 'und.ci', 'fetch|undici', '(', 'x*'])('%s is not', async (value) => {
    expect(await lines('', { ...CREDENTIALS, NODE_DEBUG: value })).toEqual([]);
  });
});

describe('credentials', () => {
  it('that are missing are named by their variables, empty ones too', async () => {
    for (const env of [{}, { GENESYS_CLIENT_ID: '', GENESYS_CLIENT_SECRET: ' ' }] as Env[]) {
      const text = (await lines('genesys: { clientId: , clientSecret: }', env)).join('\n');
      expect(text).toContain('GENESYS_CLIENT_ID');
      expect(text).toContain('GENESYS_CLIENT_SECRET');
    }
    expect(await lines('genesys:\n  clientSecret: ${MY_SECRET}\n  clientId: x', {})).toEqual([
      'config.yaml: genesys.clientSecret (line 2): the environment variable MY_SECRET is not set: set it',
    ]);
    expect(await lines('genesys:\n  clientSecretFile: ${MY_FILE}\n  clientId: x', {})).toEqual([
      'config.yaml: genesys.clientSecretFile (line 2): the environment variable MY_FILE is not set: set it',
    ]);
  });

  it('come from a file that only its owner may use', async () => {
    const path = join(folder, 'secret');
    await writeFile(path, 'from-the-file\n', { mode: 0o600 });
    expect((await settings('genesys: { clientSecretFile: secret }', { GENESYS_CLIENT_ID: 'x' })).genesys.clientSecret.reveal()).toBe('from-the-file');
    await chmod(path, 0o640);
    expect(await lines('genesys: { clientSecretFile: secret }')).toEqual([
      'config.yaml: genesys.clientSecretFile (line 1): the file may be used by others (mode 0640): run chmod 600 on it',
    ]);
  });

  it('is told of a folder in the place of a secret that it is one, whoever may look into it', async () => {
    await chmod(folder, 0o755);
    expect(await lines('genesys: { clientSecretFile: . }')).toEqual(['config.yaml: genesys.clientSecretFile (line 1): the file: is a folder, not a file']);
  });

  it.each([
    ['absent', 'there is no such file'],
    ['empty', 'the file is empty'],
    ['two-lines', 'one word'],
    ['.', 'is a folder'],
  ])('are refused from a file that is %s', async (name, what) => {
    await writeFile(join(folder, 'empty'), ' \n', { mode: 0o600 });
    await writeFile(join(folder, 'two-lines'), 'canary-secret\nmore', { mode: 0o600 });
    await chmod(folder, 0o700);
    const [problem] = await lines(`genesys: { clientSecretFile: ${name} }`);
    expect(problem).toContain(what);
    expect(problem).not.toContain('canary-secret');
  });

  it('are not taken from two places', async () => {
    await writeFile(join(folder, 'one'), 'x', { mode: 0o600 });
    expect(await lines('genesys: { clientSecret: y, clientSecretFile: one }')).toEqual([
      'config.yaml: genesys.clientSecretFile (line 1): is given together with clientSecret; keep one of the two',
    ]);
  });

  it('are shown by no printable form of the settings', async () => {
    const { genesys } = await settings('');
    for (const shown of [JSON.stringify(genesys), inspect(genesys, { depth: 9 }), String(genesys.clientSecret)]) expect(shown).not.toContain('canary-secret');
  });
});

/** Whether YAML takes it for a key, or a part of one: `{a}` is a key without a value. */
const hasKeyWith = (text: string, part: string): boolean => {
  let found = false;
  visit(parseDocument(text), { Pair: (_, { key }) => { found ||= isScalar(key) && String(key.value).includes(part); } });
  return found;
};

describe('problems', () => {
  it('of variables inside braces are one, and say what to do', async () => {
    expect(await lines('genesys: { clientId: ${GENESYS_CLIENT_ID}, clientSecret: ${GENESYS_CLIENT_SECRET} }\n')).toEqual(['config.yaml (line 1): is not valid YAML here: inside { }, ${…} has to be in quotes']);
    expect(await lines('x: ${A}-${B}: ${C}\n')).not.toContain('config.yaml (line 1): is not valid YAML here: inside { }, ${…} has to be in quotes');
    expect(await lines('genesys: { clientId: "${GENESYS_CLIENT_ID}", clientSecret: "x" }\n', { GENESYS_CLIENT_ID: 'y' })).toEqual([]);
  });

  it('are listed all at once, with their lines, whatever else is wrong', async () => {
    const text = 'genesys:\n  environment: us-est-1\n  clientID: x\nhttp:\n  timeout: 5\n  requestsPerMinute: 0\nhtp: {}\n';
    const found = await lines(text, { NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    const expected: readonly unknown[] = [
      expect.stringMatching(/^config\.yaml: genesys\.environment \(line 2\): .*did you mean us-east-1\?$/),
      'config.yaml: genesys.clientID (line 3): is not a known key; did you mean clientId?',
      'config.yaml: http.timeout (line 5): expected a duration such as 90s, 10m, 2h or 3d, from 1s to 1h',
      'config.yaml: http.requestsPerMinute (line 6): expected a whole number from 1 to 100000',
      'config.yaml: htp (line 7): is not a known key; did you mean http?',
      expect.stringMatching(/^NODE_TLS_REJECT_UNAUTHORIZED: /),
      expect.stringMatching(/^config\.yaml: genesys\.clientId \(line 1\): is missing/),
      expect.stringMatching(/^config\.yaml: genesys\.clientSecret \(line 1\): is missing/),
    ];
    expect(found).toEqual(expect.arrayContaining([...expected]));
    expect(found).toHaveLength(expected.length);
  });

  it('of YAML itself name the line and quote nothing', async () => {
    const [problem] = await problems('genesys:\n  clientSecret: "canary-secret\nhttp: {}\n');
    expect(problem?.where).toMatch(/^config\.yaml \(line \d\)$/);
    expect(JSON.stringify(problem)).not.toContain('canary-secret');
  });

  it.each(['__proto__', 'constructor', 'toString'])('include the key %s, and nothing is polluted', async (key) => {
    expect(await lines(`${key}: { polluted: true }`)).toEqual([expect.stringContaining('is not a known key')]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('have a place and words for any text, and never the secret', async () => {
    const word = fc.oneof(
      fc.constantFrom('genesys', 'http', 'output', 'clientSecret', 'clientId', 'proxy', 'root', ':', ': ', '\n', '\n  ', '{', '}', '[', ']', '-', '"', "'", '&a', '*a', '!!x', '|', '%', '${', '${X}', '${CANARY}', '}', 'canary-secret', '1', '~', 'null', '\t', '#', '?', '<<', '---'),
      anyText(6),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 25 }), async (words) => {
        const reading = await read(words.join(''), { ...CREDENTIALS, CANARY: 'canary-secret' });
        for (const problem of 'problems' in reading ? reading.problems : []) {
          expect(problem.where).not.toBe('');
          expect(problem.what).not.toBe('');
          // Keys are cut to 16 characters where they do not look like keys; one that is written as a key is the file's own word.
          if (!/canary-secret[^:]*:/.test(words.join('')) && !hasKeyWith(words.join(''), 'canary-secret')) expect(`${problem.where}${problem.what}`).not.toContain('canary-secret');
        }
        if ('problems' in reading) expect(reading.problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 700 },
    );
  });

  it('name the key of any value that is wrong, and never the value', async () => {
    const leaf = fc.constantFrom('genesys.environment', 'genesys.baseUrl', 'genesys.clientId', 'genesys.clientSecret', 'http.timeout', 'http.requestsPerMinute', 'http.proxy', 'output.fileMode');
    await fc.assert(
      fc.asyncProperty(leaf, fc.string({ maxLength: 8 }), async (path, noise) => {
        const [section = '', key = ''] = path.split('.');
        for (const { where, what } of await problems(JSON.stringify({ [section]: { [key]: `canary ${noise}` } }))) {
          expect(where).toContain(path);
          expect(what).not.toContain('canary');
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe('several clients', () => {
  const ids = ({ genesys }: Settings): readonly string[] => [genesys, ...(genesys.moreClients ?? [])].map((client) => `${client.clientId}=${client.clientSecret.reveal()}`);
  const listed = (...entries: readonly string[]): string => `genesys:\n  clients:\n${entries.map((entry) => `    - ${entry}\n`).join('')}`;

  it('are those of the list, after the one that has variables of its own', async () => {
    const text = listed('{ clientId: two, clientSecret: "${SECOND}" }', '{ clientId: three, clientSecret: third }');
    expect(ids(await settings(text, { ...CREDENTIALS, SECOND: 'canary-second' }))).toEqual(['the-id=canary-secret', 'two=canary-second', 'three=third']);
  });

  it('need no other client beside them', async () => {
    expect(ids(await settings(listed('{ clientId: two, clientSecret: second }'), {}))).toEqual(['two=second']);
    expect(await lines(listed('{ clientId: two, clientSecret: second }'), { GENESYS_CLIENT_ID: 'half' })).toEqual([
      'config.yaml: genesys.clientSecret (line 1): is missing: set the environment variable GENESYS_CLIENT_SECRET, or name a file in clientSecretFile',
    ]);
  });

  it('read their secrets from files too', async () => {
    await writeFile(join(folder, 'second'), 'from-a-file\n', { mode: 0o600 });
    expect(ids(await settings(listed('{ clientId: two, clientSecretFile: second }'), {}))).toEqual(['two=from-a-file']);
  });

  it('name everything that is wrong with them, and no value', async () => {
    const text = listed('{ clientId: two }', '{ clientId: two, clientSecret: canary-a }', '{ clientId: the-id, clientSecret: canary-b }', '{ clientId: four, clientSecret: "${UNSET}" }');
    expect(await lines(text)).toEqual([
      expect.stringMatching(/clients\[3\]\.clientSecret.*UNSET is not set/),
      expect.stringMatching(/clients\[0\]\.clientSecret.*is missing/),
      expect.stringMatching(/clients\[1\]\.clientId.*earlier client/),
      expect.stringMatching(/clients\[2\]\.clientId.*earlier client/),
    ]);
    expect((await lines(text)).join()).not.toContain('canary');
  });

  it.each([
    ['an item that is no mapping', listed('canary'), 'clients[0]'],
    ['a key that is not known, with what was meant', listed('{ clientID: x, clientSecret: y }'), 'clientId'],
    ['an empty list', 'genesys: { clients: [] }', 'a list of clients'],
    ['no list', 'genesys: { clients: canary }', 'a list of clients'],
    ['a colon in an id', listed('{ clientId: "a:b", clientSecret: y }'), 'no colon'],
  ])('refuse %s', async (_what, text, said) => {
    const found = (await lines(text)).join('\n');
    expect(found).toContain(said);
    expect(found).not.toContain('canary');
  });

  it('are not asked for where nothing is sent', async () => {
    const text = listed('{ clientId: "${SECOND_ID}", clientSecret: "${SECOND}" }', '{ clientId: "${THIRD_ID}", clientSecret: "${THIRD}" }');
    expect(await problems(text, {})).not.toEqual([]);
    const offline = await parseSettings({ text, file: 'config.yaml', folder, env: {}, output: undefined, offline: true });
    expect('value' in offline && ids(offline.value)).toHaveLength(2);
    const bare = await parseSettings({ text: '', file: 'config.yaml', folder, env: {}, output: undefined, offline: true });
    expect('value' in bare && ids(bare.value)).toHaveLength(1);
  });
});

describe('the share of the budget', () => {
  it('is a number up to 1', async () => {
    expect((await settings('http: { budgetShare: 0.5 }')).http.budgetShare).toBe(0.5);
    expect((await settings('http: { budgetShare: "${SHARE}" }', { ...CREDENTIALS, SHARE: '0.25' })).http.budgetShare).toBe(0.25);
  });

  it.each(['0', '1.5', '-0.1', 'half', '50%'])('is not %s', async (given) => {
    expect(await lines(`http: { budgetShare: ${given} }`)).toEqual(['config.yaml: http.budgetShare (line 1): expected a share from 0.01 to 1, such as 0.5']);
  });
});
