import { describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/cli.js';
import { ConfigError } from '../../src/model/errors.js';
import { aPartition, aStatus, committed, failed, fakeParts, reportOf } from '../support/fakeParts.js';
import { fakeWorld } from '../support/fakeWorld.js';

const cli = async (line: string, fake = fakeParts(), world = fakeWorld()) => {
  const argv = line === '' ? [] : line.split(' ');
  const exitCode = await runCli(argv, world.world, fake.parts);
  return { exitCode, stdout: world.stdout(), stderr: world.stderr(), calls: fake.calls };
};

describe('command line', () => {
  it('hands the options of run to the job and closes it', async () => {
    const { exitCode, calls } = await cli('run nightly --now 2026-01-07T02:30:00Z --max-partitions 3 --require-settled');
    expect(exitCode).toBe(0);
    expect(calls).toEqual([['checkOutput', '/work/output'], ['run', { nowMs: Date.UTC(2026, 0, 7, 2, 30), maxPartitions: 3, requireSettled: true }], ['close', undefined]]);
  });

  it('hands the range of a backfill on as it was given', async () => {
    const { calls } = await cli('backfill nightly --from 2026-01-01 --to 2026-02-01 --force --concurrency 2');
    expect(calls[1]).toEqual(['backfill', { from: '2026-01-01', to: '2026-02-01', force: true, concurrency: 2 }]);
  });

  it('takes the options of every command before the command, too', async () => {
    const { exitCode, stdout } = await cli('--json run nightly');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ command: 'run', job: 'nightly', exitCode: 0, partitions: [] });
  });

  it('tells every problem of the arguments at once', async () => {
    const { exitCode, stderr, calls } = await cli('run nightly extra --nwo 2026-01-01 --max-partitions abc --log-level loud');
    expect(exitCode).toBe(2);
    expect(calls).toEqual([]);
    expect(stderr).toMatchInlineSnapshot(`
      "gcx: 4 problems
        - --nwo: no such option of run; did you mean --now?
        - extra: one word too many for run <job>
        - --log-level: "loud" is not one of debug, info, warn, error, silent
        - --max-partitions: "abc" is not a whole number from 1 to 1000000
        → gcx run --help shows its arguments and options.
      "
    `);
  });

  it.each([
    ['rnu nightly', 'gcx: rnu: no such command; did you mean run?'],
    ['run', 'gcx: <job>: missing; give the name of a file'],
    ['run nigthly', 'there is no such job; the jobs are nightly'],
    ['run nightly --now', 'gcx: --now: needs a value'],
    ['run nightly --now nonsense', '--now: "nonsense" is not an instant'],
    ['run nightly --now 2026-01-05T10:00', '--now: "2026-01-05T10:00" is not an instant'],
    ['run nightly -x', 'gcx: -x: no such option of run\n'],
    ['run nightly --no-json', '--no-json: no such option'],
    ['backfill nightly --from yesterday --to 2026-01-02', '--from: "yesterday" is not a date'],
    ['backfill nightly --from 2026-02-30 --to 2026-03-02', '--from: "2026-02-30" is not a date'],
    ['backfill nightly --from 2026-02-02 --to 2026-01-02', '--to: 2026-01-02 is before --from 2026-02-02'],
    ['backfill nightly --from 2026-02-02 --to 2026-02-02', 'the range is empty'],
    ['backfill nightly --from 2026-02-02', '--to: missing'],
    ['backfill nightly --from 2026-01-01 --to 2026-01-02 --concurrency 0', '--concurrency: "0" is not a whole number from 1 to 16'],
    ['plan nightly --to 2026-01-02', '--from: missing'],
    ['verify nightly --from 2026-01-05T12:00:00Z --to 2026-01-07', '--from: expected a whole day: write YYYY-MM-DD'],
    ['verify nightly --from 2026-01-05 --to 2026-01-07T00:00:00+02:00', '--to: expected a whole day: write YYYY-MM-DD'],
    ['preview nightly --rows abc', '--rows: "abc" is not a whole number'],
    ['simulate --port 70000', '--port: "70000" is not a whole number'],
    ['simulate --size huge', '--size: "huge" is not one of small, large'],
    ['simulate --faults /nowhere/faults.yaml', '--faults: the file cannot be read (ENOENT)'],
    ['schedule weekly', 'there is no such job'],
    ['-x', 'gcx: -x: no such option of gcx'],
    ['run nightly --json=maybe', '--json: is a switch and takes no value'],
    ['run nightly --output=', '--output: needs a value'],
    ['run nightly --config=', '--config: needs a value'],
    ['backfill nightly --from= --to 2026-01-02', 'gcx: --from: needs a value'],
    ['run nightly --now 2026-01-11', '--now: lies in the future'],
    ['help bogus', 'bogus: no such command'],
  ])('refuses `gcx %s` with exit code 2 and one clear message', async (line, message) => {
    const { exitCode, stdout, stderr } = await cli(line);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
  });

  it('shows the help on stdout when asked and on stderr, as a usage error, when no command is given', async () => {
    const asked = await cli('--help');
    expect([asked.exitCode, asked.stderr]).toEqual([0, '']);
    expect(asked.stdout).toContain('gcx backfill <job>');
    expect(asked.stdout).not.toContain('gcx reference');
    const bare = await cli('');
    expect([bare.exitCode, bare.stdout]).toEqual([2, '']);
    expect(bare.stderr).toContain('gcx backfill <job>');
    expect((await cli('--version')).stdout).toBe('9.9.9\n');
    expect((await cli('help')).stdout).toBe(asked.stdout);
  });

  it('shows what a command takes, within the width of the terminal', async () => {
    const { exitCode, stdout } = await cli('backfill --help', fakeParts(), fakeWorld({ terminal: { columns: 60 } }));
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^gcx backfill <job> \[options\]\n/);
    expect(stdout).toContain('--from DATE');
    expect(stdout).toContain('--log-level LEVEL');
    expect(Math.max(...stdout.split('\n').filter((line) => !line.includes('gcx backfill nightly')).map((line) => line.length))).toBeLessThanOrEqual(60);
    expect((await cli('help backfill', fakeParts(), fakeWorld({ terminal: { columns: 60 } }))).stdout).toBe(stdout);
  });

  it('names the next command with the configuration and output that were given', async () => {
    const { stdout } = await cli('run nightly --output /elsewhere', fakeParts({ report: reportOf([failed('dt=2026-01-06')]) }));
    expect(stdout).toContain('next: gcx run nightly --output /elsewhere   (asks');
  });

  it('spells the commands in problems and remedies as they have to be typed', async () => {
    const fails = new ConfigError([{ where: 'job nightly: window', what: 'set it back, or: gcx backfill nightly --from 2026-01-05' }], { remedy: 'See gcx status nightly.' });
    const two = new ConfigError([...fails.problems, { where: 'x', what: 'gcx verify other tells' }]);
    const world = () => { const fake = fakeWorld(); return { ...fake, world: { ...fake.world, program: 'node dist/main.js' } }; };
    expect((await cli('run nightly --config a.yaml', fakeParts({ fails }), world())).stderr).toBe(
      'gcx: job nightly: window: set it back, or: node dist/main.js backfill nightly --config a.yaml --from 2026-01-05\n  → See node dist/main.js status nightly --config a.yaml.\n',
    );
    expect((await cli('run nightly --config a.yaml', fakeParts({ fails: two }), world())).stderr).toContain('  - x: node dist/main.js verify other --config a.yaml tells\n');
    expect((await cli('run --config a.yaml --nope', fakeParts(), world())).stderr).toContain('--nope: no such option of run\n');
  });

  it('prints control characters of the arguments escaped', async () => {
    expect((await cli('r\u001b[2Jn')).stderr).toContain('r\\x1b[2Jn: no such command');
  });
});

describe('output', () => {
  it('names the backfill itself as what to do next after one that failed', async () => {
    const { stdout } = await cli('backfill nightly --from 2026-01-01 --to 2026-02-01 --force --concurrency 3', fakeParts({ report: reportOf([failed('dt=2026-01-06')]) }));
    expect(stdout).toContain('next: gcx backfill nightly --from 2026-01-01 --to 2026-02-01 --concurrency 3 --force\n');
  });

  it('prints one JSON document on stdout under --json, for failures too', async () => {
    const failing = await cli('run nightly --json', fakeParts({ report: reportOf([committed('dt=2026-01-05'), failed('dt=2026-01-06')]) }));
    expect(failing.exitCode).toBe(4);
    expect(JSON.parse(failing.stdout)).toMatchObject({ exitCode: 4, partitions: [{ result: 'committed', version: 1 }, { result: 'failed', failure: { error: 'HttpError' } }] });
    expect(failing.stdout).not.toContain('cursor=abc');
    const refused = await cli('preview nightly --rows 0 --json');
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { name: 'ConfigError', exitCode: 2, problems: [{ where: '--rows' }] } });
  });

  it('maps refused credentials of a partition to exit code 3', async () => {
    expect((await cli('run nightly', fakeParts({ report: reportOf([failed('dt=2026-01-05', 3)]) }))).exitCode).toBe(3);
  });

  it('closes the job when its run throws', async () => {
    const { exitCode, stderr, calls } = await cli('run nightly', fakeParts({ fails: new Error('boom') }));
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/unexpected error\n {2}Error: boom\n {6}at /);
    expect(calls.at(-1)).toEqual(['close', undefined]);
  });

  it('writes one plain line a finished partition to stderr when piped', async () => {
    const outcome = committed('dt=2026-01-05');
    const parts = (): ReturnType<typeof fakeParts> =>
      fakeParts({
        report: reportOf([outcome]),
        events: [
          { type: 'planned', partitions: ['dt=2026-01-05'], expected: undefined },
          { type: 'partition-started', partition: 'dt=2026-01-05', resumedPages: 3, resumedConversations: 300 },
          { type: 'page', partition: 'dt=2026-01-05', conversations: 100, rows: 500 },
          { type: 'partition-finished', outcome },
        ],
      });
    for (const level of ['warn', 'error', 'silent']) expect((await cli(`run nightly --log-level ${level}`, parts())).stderr).toBe('');
    expect((await cli('run nightly', parts())).stderr).toMatchInlineSnapshot(`
      "1 partition to export
      dt=2026-01-05  going on after 3 pages that an earlier run kept
      dt=2026-01-05  committed v1 settled  1,000 conversations, 5,210 rows, 10 pages, 1.2 s
      "
    `);
  });

  it('escapes what a preview shows and gives JSON its types', async () => {
    const text = (await cli('preview nightly')).stdout;
    expect(text).toContain('a\\x1b[2J');
    expect(text).toContain('NULL');
    expect(text).not.toContain('\u001b');
    const document: unknown = JSON.parse((await cli('preview nightly --json')).stdout);
    expect(document).toMatchObject({ nextPage: true, tables: [{ total: 7, rows: [['a\u001b[2J', null, '1970-01-01T00:00:00.000Z']] }] });
  });

  it('prints nothing but paths under status --files', async () => {
    const file = { path: '/work/output/nightly/parquet/conversations/dt=2026-01-05/part-00000.parquet', table: 'conversations', format: 'parquet', rows: 1, bytes: 2, sha256: 'ab' } as const;
    const status = aStatus({ partitions: [aPartition('dt=2026-01-05', { files: [file] })] });
    expect((await cli('status nightly --files', fakeParts({ status }))).stdout).toBe(`${file.path}\n`);
    expect((await cli('status nightly --files')).stdout).toBe('');
    // A day of which files are gone must not pass for one that has none; that its last look failed is no loader's business.
    const failure = { error: 'SinkError', message: '/out/x: it is committed and missing, or of another size', remedy: 'Run again.', exitCode: 4, at: '' } as const;
    const lost = await cli('status nightly --files', fakeParts({ status: aStatus({ partitions: [aPartition('dt=2026-01-05', { files: [file], filesAtFault: failure.message, failure: { ...failure, error: 'HttpError', at: '2026-01-07T00:00:00.000Z' } })] }) }));
    expect([lost.exitCode, lost.stdout, lost.stderr]).toEqual([4, `${file.path}\n`, expect.stringContaining('dt=2026-01-05: /out/x: it is committed and missing')]);
    const late = await cli('status nightly --files', fakeParts({ status: aStatus({ partitions: [aPartition('dt=2026-01-05', { files: [file], failure: { ...failure, error: 'HttpError', at: '2026-01-07T00:00:00.000Z' } })] }) }));
    expect([late.exitCode, late.stderr]).toEqual([0, '']);
  });
});

describe('simulate', () => {
  it('says where it listens and how to use it, and ends with 0 when stopped', async () => {
    const world = fakeWorld();
    const ended = runCli(['simulate', '--days', '1', '--conversations-per-day', '10'], world.world, fakeParts().parts);
    await world.shown('stop with Ctrl-C');
    const baseUrl = /export GENESYS_BASE_URL=(\S+) GENESYS_CLIENT_ID=demo GENESYS_CLIENT_SECRET=demo/.exec(world.stdout())?.[1];
    const answer = await fetch(`${String(baseUrl)}/api/v2/tokens/me`);
    expect(answer.status).toBe(401);
    const port = new URL(String(baseUrl)).port;
    const second = fakeWorld();
    expect(await runCli(['simulate', '--port', port], second.world, fakeParts().parts)).toBe(2);
    expect(second.stderr()).toContain(`port ${port} is in use`);
    world.stop('SIGINT');
    expect(await ended).toBe(0);
  });
});

describe('schedule', () => {
  it('runs each job at the start, reports, and ends with 0 when stopped', async () => {
    const world = fakeWorld();
    const fake = fakeParts({ schedule: { cron: '15 2 * * *', timezone: 'UTC' }, report: reportOf([committed('dt=2026-01-05')]) });
    const ended = runCli(['schedule'], world.world, fake.parts);
    await world.shown('nightly: 1 of 1 partition done');
    world.stop('SIGTERM');
    expect(await ended).toBe(0);
    expect(fake.calls).toEqual([['checkOutput', '/work/output'], ['checkOutput', '/work/output'], ['run', {}], ['close', undefined]]);
    expect(world.stderr()).toContain('daemon stopped');
  });

  it('prints the JSON of each run on a line of its own, a failure of the daemon too', async () => {
    const world = fakeWorld();
    const fake = fakeParts({ schedule: { cron: '15 2 * * *', timezone: 'UTC' }, report: reportOf([committed('dt=2026-01-05')]) });
    const ended = runCli(['schedule', '--json'], world.world, fake.parts);
    await world.shown('\n');
    world.stop('SIGTERM');
    await ended;
    expect(world.stdout().trimEnd().split('\n').map((line) => JSON.parse(line) as unknown)).toMatchObject([{ command: 'run', job: 'nightly', partitions: [{ result: 'committed' }] }]);
    expect((await cli('schedule weekly --json')).stdout).toMatch(/^\{"error":.*\}\n$/);
    expect((await cli('schedule --help')).stdout.replaceAll(/\s+/g, ' ')).toContain('--json a JSON document for each run on stdout, each on one line (NDJSON)');
    expect((await cli('run nightly --json')).stdout).toContain('{\n  "');
  });

  it('takes every job that is named, not only the last', async () => {
    const { exitCode, stderr } = await cli('schedule weekly nightly');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('there is no such job');
  });

  it('tells what is wrong with all jobs that are named', async () => {
    const refusing = fakeParts();
    const loadJob = (_request: unknown, name: string): Promise<never> => Promise.reject(new ConfigError([{ where: `jobs/${name}.yaml`, what: 'is broken' }]));
    const { exitCode, stderr } = await cli('schedule a b', { ...refusing, parts: { ...refusing.parts, loadJob } });
    expect([exitCode, stderr]).toEqual([2, 'gcx: 2 problems\n  - jobs/a.yaml: is broken\n  - jobs/b.yaml: is broken\n']);
  });

  it('runs a job once that a name and a path name, and refuses two files that are one job by name and differ', async () => {
    const world = fakeWorld();
    const fake = fakeParts({ schedule: { cron: '15 2 * * *', timezone: 'UTC' }, report: reportOf([committed('dt=2026-01-05')]) });
    const loadJob: typeof fake.parts.loadJob = async (request, name) => {
      const { settings, job } = await fake.parts.loadJob(request, 'nightly');
      return { settings, job: { ...job, concurrency: name.startsWith('other/') ? 7 : job.concurrency } };
    };
    const parts = { ...fake.parts, loadJob };
    const ended = runCli(['schedule', 'nightly', 'jobs/nightly.yaml'], world.world, parts);
    await world.shown('nightly: 1 of 1 partition done');
    world.stop('SIGTERM');
    expect(await ended).toBe(0);
    expect(fake.calls.filter((call) => JSON.stringify(call).startsWith('["run"'))).toHaveLength(1);

    const { exitCode, stderr } = await cli('schedule nightly other/nightly.yaml', { ...fake, parts });
    expect([exitCode, stderr]).toEqual([2, 'gcx: [job..]: two files that differ are one job by name, nightly: name one of them only\n']);
  });

  it('refuses a job without a schedule', async () => {
    const { exitCode, stderr } = await cli('schedule nightly');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('jobs/nightly.yaml: schedule: is missing');
    expect((await cli('schedule')).stderr).toContain('there is no job with a schedule');
  });
});
