import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataset } from '../../src/simulate/dataset.js';
import { createManualClock } from '../../src/simulate/manualClock.js';
import { startSimulator, type Simulator } from '../../src/simulate/server.js';
import type { SimulatorSettings } from '../../src/simulate/simulatorOptions.js';
import { startHostileServer, type HostileServer } from '../support/hostileServer.js';
import { deadOrigin, filesIn, shippedFolder, type, typed, until, type Ended, type Shell } from '../support/terminal.js';
import { hashesOf } from '../support/treeOf.js';

const DAY = '2024-01-05';
const RANGE = ['--from', DAY, '--to', '2024-01-07'];
const imitation = (settings: Partial<SimulatorSettings> = {}): Promise<Simulator> =>
  startSimulator({
    requestsPerMinute: 0, tokenRequestsPerMinute: 0, ...settings,
    clock: createManualClock(Date.UTC(2024, 5, 1), { autoAdvance: true }),
    dataset: createDataset({ seed: 7, from: DAY, days: 2, conversationsPerDay: 250 }),
  });

let simulator: Simulator;
let forbidding: Simulator;
let portal: HostileServer;
let nothing: string;
beforeAll(async () => {
  [simulator, forbidding, portal, nothing] = await Promise.all([imitation(), imitation({ deniedPermissions: ['analytics:conversationDetail:view'] }), startHostileServer(), deadOrigin()]);
  portal.scriptTokens({ bytes: '<html>Welcome to the hotel</html>', headers: { 'content-type': 'text/html' } });
});
afterAll(async () => {
  await Promise.all([simulator.close(), forbidding.close(), portal.close()]);
});

/** Each takes a second or a few; a machine that is busy with other suites takes ten times as long. */
const PATIENT = { timeout: 90_000 };

const credentials = { GENESYS_CLIENT_ID: 'demo', GENESYS_CLIENT_SECRET: 'demo' };
const online = (folder: string, baseUrl = simulator.baseUrl, more: Readonly<Record<string, string>> = {}): Shell => ({ folder, env: { ...credentials, GENESYS_BASE_URL: baseUrl, ...more } });

/** What is wrong, what it is answered with, and the essential words of the answer. */
interface WrongInput {
  readonly argv: readonly string[];
  readonly exitCode: number;
  readonly words: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Absent: no API is asked. */
  readonly api?: () => string;
}

const run = (...options: string[]): string[] => ['run', 'nightly', ...options];
const WRONG: Readonly<Record<string, WrongInput>> = {
  'no command': { argv: [], exitCode: 2, words: ['gcx backfill <job>', 'Exit codes:'] },
  'a misspelt command': { argv: ['bakfill', 'nightly'], exitCode: 2, words: ['bakfill: no such command; did you mean backfill?'] },
  'an option without a command': { argv: ['--nope'], exitCode: 2, words: ['--nope: no such option of gcx'] },
  'a misspelt job': { argv: ['run', 'nigthly'], exitCode: 2, words: ['there is no job nigthly; did you mean nightly?', 'backfill, nightly, nightly-async'] },
  'a job of another script': { argv: ['plan', 'nächtlich🌙'], exitCode: 2, words: ['there is no job "nächtlich🌙"'] },
  'no job': { argv: ['run'], exitCode: 2, words: ['<job>: missing'] },
  'an empty job': { argv: ['verify', ''], exitCode: 2, words: ['<job>: missing'] },
  'a path out of the jobs': { argv: ['run', '../../etc/passwd'], exitCode: 2, words: ['expected the name of a job, or a path that ends in .yaml'] },
  'a job file that is not there': { argv: ['run', 'jobs/nope.yaml'], exitCode: 2, words: ['jobs/nope.yaml: there is no such file'] },
  'misspelt options, words too many, a loud log level': {
    argv: ['backfill', 'nightly', 'extra', '--form', '2024-01-01', '--log-level', 'loud', '--json=maybe'], exitCode: 2,
    words: ['6 problems', '--form: no such option of backfill; did you mean --from?', 'extra: one word too many', '"loud" is not one of', '--json: is a switch', '--to: missing'],
  },
  'an option without its value': { argv: run('--now'), exitCode: 2, words: ['--now: needs a value'] },
  'empty values': { argv: run('--output', '', '--config', ''), exitCode: 2, words: ['--config: needs a value', '--output: needs a value'] },
  'names that every object has': { argv: run('--constructor', 'x', '--__proto__', 'y'), exitCode: 2, words: ['--constructor: no such option', '--__proto__: no such option'] },
  'dates in words': { argv: ['backfill', 'nightly', '--from', 'yesterday', '--to', 'next week'], exitCode: 2, words: ['"yesterday" is not a date: write YYYY-MM-DD', '"next week" is not a date'] },
  'from after to': { argv: ['backfill', 'nightly', '--from', '2024-02-01', '--to', DAY], exitCode: 2, words: ['--to: 2024-01-05 is before --from 2024-02-01'] },
  'an empty range': { argv: ['plan', 'nightly', '--from', DAY, '--to', DAY], exitCode: 2, words: ['the range is empty'] },
  'a day that does not exist': { argv: ['backfill', 'nightly', '--from', '2024-02-30', '--to', '2024-03-02'], exitCode: 2, words: ['"2024-02-30" is not a date'] },
  'a range into the future': { argv: ['backfill', 'nightly', '--from', DAY, '--to', '2999-01-01'], exitCode: 2, words: ['--to: 2999-01-01 lies in the future; the latest is'], env: credentials },
  'now in the future, huge numbers': { argv: run('--now', '9999-12-31', '--max-partitions', '9'.repeat(40)), exitCode: 2, words: ['--now: lies in the future', '--max-partitions: "9999', 'is not a whole number'] },
  'numbers that are none': { argv: ['preview', 'nightly', '--rows', 'abc'], exitCode: 2, words: ['--rows: "abc" is not a whole number from 1 to 1000'] },
  'an imitation of nothing': {
    argv: ['simulate', '--port', '99999', '--seed', '-1', '--days', '0', '--from', 'soon', '--size', 'huge'], exitCode: 2,
    words: ['5 problems', '--port: "99999"', '--seed: "-1"', '--days: "0"', '--from: "soon"', '--size: "huge"'],
  },
  'faults that are none': { argv: ['simulate', '--faults', 'faults.yaml'], exitCode: 2, words: ['faults.yaml: faults.0.action'], files: { 'faults.yaml': 'faults: [{ match: {}, action: { kind: earthquake } }]\n' } },
  'a job without a schedule': { argv: ['schedule', 'backfill'], exitCode: 2, words: ['jobs/backfill.yaml: schedule: is missing'], env: credentials },
  'no credentials': { argv: run(), exitCode: 2, words: ['2 problems', 'GENESYS_CLIENT_ID', 'GENESYS_CLIENT_SECRET'] },
  'no configuration': { argv: run('--config', 'nope.yaml'), exitCode: 2, words: ['nope.yaml: there is no such file', '--config'] },
  'YAML that is none': {
    argv: ['status', 'torn'], exitCode: 2, words: ['config.yaml (line', 'jobs/torn.yaml (line 1): is not valid YAML here: tabs cannot indent'],
    files: { 'config.yaml': 'genesys:\n  environment: "x\n http: [1\n', 'jobs/torn.yaml': '\t- a\n' },
  },
  'everything wrong in both files': {
    argv: ['run', 'wrong'], exitCode: 2, env: { ...credentials, GENESYS_BASE_URL: 'ftp://x' },
    words: [
      '14 problems', 'genesys.environment (line 1)', 'did you mean us-east-1?', 'http.timeout (line 2): expected a duration', 'outputs (line 3): is not a known key; did you mean output?', 'GENESYS_BASE_URL: expected an origin',
      'source.kind (line 1)', 'window (line 2)', 'timezone (line 3): expected an IANA time zone', 'settle (line 4): expected a duration', 'tables[0] (line 5)', 'did you mean participant_attributes?',
      'formats (line 6)', 'schedule.cron (line 7)', 'start (line 8): expected a real date', 'concurency (line 9): is not a known key; did you mean concurrency?', 'parquet.rowGroupRows (line 10)',
    ],
    files: {
      'config.yaml': 'genesys: { environment: us-esat-1 }\nhttp: { timeout: soon }\noutputs: 3\n',
      'jobs/wrong.yaml': 'source: { kind: next-page }\nwindow: 2d\ntimezone: Mars/Olympus\nsettle: 2 hours\ntables: [participant_attribute]\nformats: parquet\nschedule: { cron: "99 2 * * *" }\nstart: 2026-02-31\nconcurency: 3\nparquet: { rowGroupRows: 1e99 }\n',
    },
  },
  'http to a host that is not this machine': { argv: run(), exitCode: 2, words: ['http is allowed for loopback hosts only'], env: { ...credentials, GENESYS_BASE_URL: 'http://api.mypurecloud.com' } },
  'an output that is a file': { argv: ['backfill', 'nightly', ...RANGE, '--output', 'config.yaml'], exitCode: 2, words: ['config.yaml is a file, not a folder', '--output'], env: credentials },
  'an output below a file': { argv: ['demo', '--output', 'config.yaml/out'], exitCode: 2, words: ['config.yaml is a file, not a folder'] },
  'the root as output': { argv: run('--output', '/'), exitCode: 2, words: ['--output: expected a folder of its own'], env: credentials },
  ...(process.platform === 'linux' ? { 'an output that cannot be written, whoever one is': { argv: run('--output', '/proc/gcx'), exitCode: 2, words: ['/proc cannot be written'], env: credentials } } : {}),
  'nothing to verify': { argv: ['verify', 'nightly'], exitCode: 2, words: ['job nightly has exported nothing yet', 'run nightly'] },
  'a wrong secret': { argv: run(), exitCode: 3, words: ['the client secret is wrong', 'GENESYS_CLIENT_SECRET'], api: () => simulator.baseUrl, env: { GENESYS_CLIENT_SECRET: 'wrong' } },
  'an unknown client, or the wrong region': { argv: ['preview', 'nightly'], exitCode: 3, words: ['the client id is unknown in this region', 'genesys.environment'], api: () => simulator.baseUrl, env: { GENESYS_CLIENT_ID: 'nobody' } },
  'a missing permission': { argv: ['run', 'nightly-async'], exitCode: 3, words: ['lacks the permission analytics:conversationDetail:view', 'Give the OAuth client a role'], api: () => forbidding.baseUrl },
  'an API that answers HTML': { argv: run(), exitCode: 4, words: ['text/html instead of JSON', 'login page'], api: () => portal.baseUrl },
  // A label of 64 letters is none that a resolver would ask another machine for.
  'a host that does not exist': { argv: run(), exitCode: 4, words: [`there is no such host as https://${'a'.repeat(64)}.invalid`, 'ENOTFOUND', 'given up after 2 attempts', 'genesys.environment'], api: () => `https://${'a'.repeat(64)}.invalid` },
  'an API that is down': { argv: run(), exitCode: 4, words: ['no connection to http://127.0.0.1:', 'ECONNREFUSED', 'given up after 2 attempts'], api: () => nothing },
};

describe.concurrent('wrong input', PATIENT, () => {
  it.concurrent.each(Object.entries(WRONG))('%s: one clear message, the right exit code, nothing on disk', async (_name, { argv, exitCode, words, files = {}, env, api }) => {
    const folder = await shippedFolder(files);
    const before = await filesIn(folder);
    const ended = await typed({ folder, env: { ...(api === undefined ? {} : { ...credentials, GENESYS_BASE_URL: api() }), ...env } }, argv);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
    expect([ended.exitCode, ended.stdout]).toEqual([exitCode, '']);
    for (const word of words) expect(ended.stderr).toContain(word);
    if (argv.length > 0) expect(ended.stderr.match(/^gcx: /gm)).toHaveLength(1);
    expect(ended.stderr).not.toMatch(/\u001b|wrong\b.*=|secret: /);
    expect(await filesIn(folder)).toEqual(before);
  });

  it.concurrent('a port in use', async () => {
    const ended = await typed({ folder: await shippedFolder() }, ['simulate', '--port', new URL(simulator.baseUrl).port]);
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ended.stderr).toMatch(/port \d+ is in use\n {2}→ Choose another port/);
  });

  it.concurrent('under --json is a document on stdout, too', async () => {
    const folder = await shippedFolder();
    const [usage, refused] = await Promise.all([typed({ folder }, ['plan', 'nope', '--json']), typed(online(folder, simulator.baseUrl, { GENESYS_CLIENT_SECRET: 'wrong' }), ['run', 'nightly', '--json'])]);
    expect(JSON.parse(usage.stdout)).toMatchObject({ error: { name: 'ConfigError', exitCode: 2, problems: [{ where: '<job>' }] } });
    expect([refused.exitCode, JSON.parse(refused.stdout)]).toMatchObject([3, { error: { name: 'AuthError', exitCode: 3, problems: null } }]);
  });

  it.concurrent('doctor names what fails, with a remedy, and ends with its exit code', async () => {
    const folder = await shippedFolder();
    const ended = await typed(online(folder, forbidding.baseUrl), ['doctor']);
    expect(ended.exitCode).toBe(3);
    expect(ended.stdout).toMatch(/^ok {3}token .*\n(.*\n)*FAIL data lake .*\n {4}-> Give the OAuth client a role/m);
  });
});

describe.concurrent('the demo', PATIENT, () => {
  it.concurrent('needs nothing, shows what it made, and does nothing the second time', async () => {
    const folder = await shippedFolder();
    await rm(join(folder, 'config.yaml'));
    const first = await typed({ folder }, ['demo']);
    expect([first.exitCode, first.stderr.split('\n').length]).toEqual([0, 4]);
    expect(first.stdout).toContain('demo: 2 of 2 partitions done');
    expect(first.stdout).toContain('read back from Parquet:');
    // The job of the demo has no file: no command takes its name.
    expect(first.stdout).not.toMatch(/(verify|status) demo/);
    expect(first.stdout).toMatch(/next:\n.*duckdb.*\n {2}node \S+main\.js simulate /);
    expect(first.stdout + first.stderr).not.toContain('\u001b');
    const made = await hashesOf(join(folder, 'output', 'demo', 'parquet'));
    expect(Object.keys(made)).toHaveLength(4);

    const second = await typed({ folder }, ['demo']);
    expect([second.exitCode, second.stderr]).toEqual([0, '']);
    expect(second.stdout).toContain('demo: nothing was due (2 settled)');
    expect(/Export them again with: node \S+main\.js (.*)\n/.exec(second.stdout)?.[1]).toBe('demo --force');
    expect((await typed({ folder }, ['demo', '--force'])).stdout).toContain('demo: 2 of 2 partitions done');
    expect(await hashesOf(join(folder, 'output', 'demo', 'parquet'))).toEqual(made);
  });

  it.concurrent('is one document under --json', async () => {
    const { exitCode, stdout } = await typed({ folder: await shippedFolder() }, ['demo', '--json', '--output', 'elsewhere']);
    expect(exitCode).toBe(0);
    const shown = JSON.parse(stdout) as { readonly files: readonly { readonly path: string }[]; readonly firstRows: readonly unknown[] };
    expect(shown).toMatchObject({ command: 'demo', due: 2, partitions: [{ result: 'committed', state: 'settled' }, { result: 'committed' }] });
    expect([shown.files.length, shown.firstRows.length, shown.files.every(({ path }) => path.includes('/elsewhere/demo/parquet/'))]).toEqual([4, 8, true]);
  });
});

/** The command that a text tells to type, as arguments. */
const toldIn = (text: string, pattern: RegExp): string[] => pattern.exec(text)?.[1]?.split(' ') ?? [];

describe.concurrent('a round of commands', PATIENT, () => {
  it.concurrent('against gcx simulate: look, export, find damage, and repair it by doing what is said', async () => {
    const today = Date.now();
    const day = (daysAgo: number): string => new Date(today - daysAgo * 86_400_000).toISOString().slice(0, 10);
    // Begun three days ago: shortly after midnight nothing is due of a job that begins yesterday.
    const folder = await shippedFolder({ 'jobs/begun.yaml': `source: { kind: next-page-url }\nstart: ${day(3)}\n` });
    const simulating = type({ folder }, ['simulate', '--conversations-per-day', '120', '--requests-per-minute', '0']);
    const variables = /export (.*)\n/.exec(await simulating.shown('stop with'))?.[1] ?? '';
    const shell = { folder, env: Object.fromEntries(variables.split(' ').map((pair) => pair.split('=') as [string, string])) };
    const gcx = (line: string): Promise<Ended> => typed(shell, line.split(' '));
    const range = `--from ${day(6)} --to ${day(4)}`;

    const [doctor, plan, empty, preview] = await Promise.all([gcx('doctor'), typed({ folder }, `plan nightly ${range} --output out`.split(' ')), typed({ folder }, ['status', 'begun']), gcx('preview nightly --rows 2 --json')]);
    expect([doctor.exitCode, doctor.stdout.match(/^ok /gm)?.length]).toEqual([0, 9]);
    expect(plan.stdout).toContain(`next: node ${process.cwd()}/dist/main.js backfill nightly --output out ${range}`);
    expect(empty.stdout).toMatch(/gap: dt=.* missing\n\nnext: .* run begun/);
    expect((JSON.parse(preview.stdout) as { readonly tables: readonly { readonly rows: readonly unknown[] }[] }).tables.map(({ rows }) => rows.length)).toEqual([2, 2]);

    const exported = await gcx(`backfill nightly ${range} --output out`);
    expect([exported.exitCode, exported.stderr.split('\n').length]).toEqual([0, 4]);
    const [status, files, verified] = await Promise.all([gcx('status nightly --output out'), gcx('status nightly --files --output out'), gcx('verify nightly --output out')]);
    expect(status.stdout).toMatch(/2 settled|settled.*\n.*settled/);
    expect(status.stdout).toMatch(new RegExp(`next: .* backfill nightly --output out --from ${day(4)} --to `));
    expect([files.stdout.trim().split('\n').length, verified.exitCode]).toEqual([4, 0]);

    const nothingDue = await gcx(`backfill nightly ${range} --output out`);
    expect([nothingDue.exitCode, nothingDue.stdout.split('\n')[0]]).toEqual([0, 'nightly: nothing was due (2 settled)']);

    const before = await hashesOf(join(folder, 'out', 'nightly', 'parquet'));
    const victim = files.stdout.split('\n')[0] ?? '';
    const bytes = await readFile(victim);
    bytes[bytes.length >> 1]! ^= 1;
    await writeFile(victim, bytes);
    const damaged = await gcx('verify nightly --output out');
    expect([damaged.exitCode, damaged.stdout.match(/\[file-changed\]/g)?.length]).toEqual([4, 1]);
    expect((await typed(shell, toldIn(damaged.stdout, /run `node \S+main\.js (.*?)`/))).exitCode).toBe(0);
    expect(await hashesOf(join(folder, 'out', 'nightly', 'parquet'))).toEqual(before);
    const superseded = await gcx('verify nightly --output out --json');
    for (const { path, remedy } of (JSON.parse(superseded.stdout) as { readonly findings: readonly { readonly path: string; readonly remedy: string }[] }).findings) {
      expect(remedy).toContain('Delete it');
      await rm(join(folder, 'out', 'nightly', path));
    }
    expect((await gcx('verify nightly --output out')).exitCode).toBe(0);
    simulating.child.kill('SIGINT');
    expect((await simulating.ended).exitCode).toBe(0);
  });

  it.concurrent('over page numbers says that attributes stay empty, and hours and time zones are taken as given', async () => {
    const folder = await shippedFolder({
      'jobs/pages.yaml': 'source: { kind: page-number }\nformats: [csv]\n',
      'elsewhere/hourly.yaml': 'source: { kind: next-page-url }\nwindow: 1h\ntimezone: Asia/Kathmandu\n',
    });
    const shell = online(folder);
    const [pages, hours] = await Promise.all([typed(shell, ['backfill', 'pages', '--from', DAY, '--to', '2024-01-06']), typed(shell, ['backfill', 'elsewhere/hourly.yaml', '--from', `${DAY}T02:00:00+05:45`, '--to', `${DAY}T05:00:00+05:45`])]);
    expect(pages.stdout).toContain('note: participant_attributes stays empty: page-number carries no participant attributes');
    expect(hours.stdout).toMatch(/hourly: 3 of 3 partitions done/);
    expect(hours.stdout).toContain('dt=2024-01-05/hr=02  committed v1  settled');
    const [first] = toldIn(hours.stdout, /next: node \S+main\.js (.*)\n/).slice(0, 1);
    expect([first, (await typed(shell, toldIn(hours.stdout, /next: node \S+main\.js (.*)\n/))).exitCode]).toEqual(['verify', 0]);
  });
});

describe.concurrent('a day that failed', PATIENT, () => {
  it.concurrent('ends the command with 4, and is exported by what status says to type', async () => {
    const failing = await imitation({ faults: [{ match: { method: 'GET', path: /query/, nth: [1, 2] }, action: { kind: 'status', status: 503 } }] });
    const folder = await shippedFolder();
    const failed = await typed(online(folder, failing.baseUrl), ['backfill', 'nightly', '--from', DAY, '--to', '2024-01-06']);
    expect([failed.exitCode, failed.stdout.split(' done')[0]]).toEqual([4, 'nightly: 0 of 1 partition']);
    const status = await typed({ folder }, ['status', 'nightly']);
    expect(status.stdout).toMatch(/dt=2024-01-05 +missing, FAILED\n[^]*FAIL dt=2024-01-05 at .*: .* answered 503 .*\n {4}-> Run again later/);
    const again = await typed(online(folder, failing.baseUrl), toldIn(status.stdout, /next: node \S+main\.js (.*)\n/));
    expect(again.exitCode).toBe(0);
    expect(again.stdout).toMatch(/dt=2024-01-05 +committed v1/);
    await failing.close();
  });
});

describe.concurrent('a run that does not end by itself', PATIENT, () => {
  it.concurrent('ends with 130 on Ctrl-C, and goes on at the page it had', async () => {
    const slow = await imitation({ faults: [{ match: { method: 'GET', path: /query/ }, action: { kind: 'delay', ms: 250 } }] });
    const folder = await shippedFolder();
    const line = ['backfill', 'nightly', ...RANGE, '--concurrency', '1'];
    const first = type(online(folder, slow.baseUrl), line);
    const pages = (): number => slow.requests.filter(({ path }) => path.includes('query')).length;
    await until(() => pages() >= 3);
    first.child.kill('SIGINT');
    const stopped = await first.ended;
    expect([stopped.exitCode, stopped.stdout.split('\n')[0]]).toEqual([130, expect.stringMatching(/0 of 2 partitions done in .*, 2 not finished, interrupted/)]);
    const kept = pages();
    const second = await typed(online(folder, slow.baseUrl), toldIn(stopped.stdout, /next: node \S+main\.js (.*?) {3}\(goes on/).concat('--concurrency', '2'));
    expect([second.exitCode, second.stderr]).toEqual([0, expect.stringMatching(/going on after [12] pages? that an earlier run kept/)]);
    // The clock, and six pages of two days, less those that the first had.
    expect(pages() - kept).toBeLessThanOrEqual(6);
    expect((await typed({ folder }, ['verify', 'nightly'])).exitCode).toBe(0);
    await slow.close();
  });

  it.concurrent('keeps a second one out with 5 and the name of the holder; its lock outlives it harmlessly', async () => {
    const mute = await startHostileServer();
    const folder = await shippedFolder();
    const holder = type(online(folder, mute.baseUrl), ['backfill', 'nightly', ...RANGE]);
    const asked = new Promise<void>((resolve) => {
      mute.script(() => {
        resolve();
        return { raw: '', then: 'hang' };
      });
    });
    await asked;
    const second = await typed(online(folder), ['run', 'nightly', '--json']);
    expect([second.exitCode, JSON.parse(second.stdout)]).toMatchObject([5, { error: { name: 'LockedError', exitCode: 5 } }]);
    expect(second.stderr).toContain(`process ${String(holder.child.pid)} on host`);
    holder.child.kill('SIGKILL');
    await holder.ended;
    expect(await filesIn(join(folder, 'output'))).toEqual([join(folder, 'output', 'nightly', '_lock')]);
    const third = await typed(online(folder), ['backfill', 'nightly', ...RANGE]);
    expect([third.exitCode, third.stdout.split(' done')[0]]).toEqual([0, 'nightly: 2 of 2 partitions']);
    await mute.close();
  });

  it.concurrent('schedule runs at its start what is due, and ends with 0 on SIGTERM', async () => {
    const folder = await shippedFolder({ 'jobs/settled.yaml': `source: { kind: next-page-url }\nschedule: { cron: "15 2 * * *" }\n` });
    const daemon = type(online(folder), ['schedule', 'settled']);
    await daemon.shown('next: ');
    daemon.child.kill('SIGTERM');
    const ended = await daemon.ended;
    expect(ended.exitCode).toBe(0);
    expect(ended.stderr).toMatch(/job scheduled job=settled next=\S+T02:15:00.000Z[^]*daemon stopped/);
  });
});
