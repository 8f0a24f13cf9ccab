import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { runGcx, writeGcxFolder } from './gcxProcess.js';
import type { Directive, HostileServer } from './hostileServer.js';
import { conversationText, pageText } from './pageServer.js';
import { temporaryFolder } from './temporaryFolder.js';

const CANARIES = {
  clientSecret: 'canary-client-secret-9f3a',
  token: 'canary-access-token-77b1',
  cursor: 'canary-cursor-51c0',
  value: 'canary-attribute-value-e2d8',
  name: 'canary-attribute-name-04aa',
} as const;

const headers = { date: 'Mon, 01 Jun 2026 12:00:00 GMT', 'set-cookie': 'session=canary-cookie-31d7' };
const attributes = JSON.stringify({ [CANARIES.name]: CANARIES.value });
const link = `/api/v2/analytics/conversations/details/query?pageToken=${CANARIES.cursor}`;
const first = pageText([conversationText(1, attributes)]).replace(/\}$/, `,"nextPageUrl":"${link}"}`);

/** What page 2 may be, by name. */
export const SECOND_PAGES: Readonly<Record<string, Directive>> = {
  'a good page': { bytes: pageText([conversationText(2, attributes)]), headers },
  'an error that quotes the request': { json: { message: `Bad link ${link} for Bearer ${CANARIES.token} with ${CANARIES.value}${CANARIES.cursor}0123456789`, code: 'bad', status: 501 }, status: 501, headers },
  'HTML with the value': { bytes: `<html>${CANARIES.value} ${CANARIES.token}</html>`, headers: { ...headers, 'content-type': 'text/html' } },
  'JSON that is cut': { bytes: `{"entities":[${conversationText(2, attributes)}`, headers },
  'a field of another type': { bytes: pageText([conversationText(2, attributes).replace('"purpose":"customer"', `"purpose":["${CANARIES.value}"]`)]), headers },
  'a link away': { bytes: pageText([conversationText(2, attributes)]).replace(/\}$/, `,"nextPageUrl":"http://canary-user:canary-password@127.0.0.1:1/${CANARIES.cursor}?t=${CANARIES.token}"}`), headers },
  'a redirect': { bytes: '', status: 302, headers: { ...headers, location: `http://127.0.0.1:1/?token=${CANARIES.token}` } },
  'a reset': { raw: `HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"entities":["${CANARIES.value}`, then: 'reset' },
  'a refused token': { json: { message: `token ${CANARIES.token} is bad`, code: 'bad.credentials' }, status: 401, headers },
  'a missing permission': { json: { message: `${CANARIES.value} lacks analytics:conversationDetail:view ${CANARIES.token}` }, status: 403, headers },
};

/** Every byte below a folder, file by file. */
const filesBelow = async (folder: string): Promise<readonly (readonly [string, Buffer])[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.map(async (path) => [path, await readFile(path)] as const));
};

/** What is under test of how the process runs. */
interface Around {
  readonly nodeDebug?: string;
  /** Where it is another than what page 2 makes of it. */
  readonly exitCode?: number;
}

/** Exports two pages of canaries in a process of its own; none of them is anywhere but where values belong, and the token goes to its origin only. */
export const exportsSilently = async (server: HostileServer, what: string, { nodeDebug = '', exitCode }: Around = {}): Promise<void> => {
  server.scriptTokens({ json: { access_token: CANARIES.token, token_type: 'bearer', expires_in: 86_399 } });
  server.script(({ method, body }) => (method === 'POST' ? { bytes: body.includes('2026-01-05T00:00') ? first : '{"entities":[]}', headers } : SECOND_PAGES[what]!));
  const folder = await temporaryFolder();
  const job = { source: { kind: 'next-page-url' }, tables: ['participant_attributes', 'conversations'], lookback: '0s', completeness: { checkTotal: false } };
  await writeGcxFolder({ folder, baseUrl: server.baseUrl, job, genesys: { clientId: 'canary-client-id', clientSecret: '${GENESYS_CLIENT_SECRET}' }, http: { maxAttempts: 2 } });
  const ended = await runGcx(folder, ['backfill', 'job', '--from', '2026-01-05', '--to', '2026-01-06', '--log-level', 'debug', ...(what.startsWith('a') ? [] : ['--json'])], {
    env: { GENESYS_CLIENT_SECRET: CANARIES.clientSecret, NODE_DEBUG: nodeDebug },
  });
  expect([what, ended.exitCode]).toEqual([what, exitCode ?? (what === 'a good page' ? 0 : what.startsWith('a refused') || what.startsWith('a missing') ? 3 : 4)]);
  const basic = Buffer.from(`canary-client-id:${CANARIES.clientSecret}`).toString('base64');
  const secrets = [...Object.values(CANARIES), 'canary-cookie', 'canary-password', basic];
  for (const secret of secrets) {
    expect(ended.stdout).not.toContain(secret);
    expect(ended.stderr).not.toContain(secret);
  }
  // Refused before anything was asked for or written.
  if (ended.exitCode === 2) return;
  for (const [path, bytes] of await filesBelow(join(folder, 'output'))) {
    for (const secret of secrets) expect(path).not.toContain(secret);
    // Data files hold values, the journal also the link after a page; nothing else holds anything.
    const isData = path.includes('/_data/') || path.includes('/parquet/') || path.includes('/_journal/');
    const forbidden = isData ? [CANARIES.token, CANARIES.clientSecret, basic, 'canary-cookie'] : secrets;
    for (const secret of forbidden) expect([path, bytes.includes(secret)]).toEqual([path, false]);
  }
  for (const { headers: sent } of server.tokenJournal) expect(sent.authorization).toMatch(/^Basic /);
};
