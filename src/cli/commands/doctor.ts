import { EXIT } from '../../model/errors.js';
import type { Command } from '../command.js';
import type { Check } from '../doctorChecks.js';

/** Beyond this many tries a check would take minutes to say that nothing answers. */
const ATTEMPTS = 2;

const MARKS = { ok: ['✓', 'ok'], warn: ['!', 'warn'], fail: ['✗', 'FAIL'] } as const;

const PAINTS = { ok: 'good', warn: 'warning', fail: 'bad' } as const;

/**
 * `gcx doctor`: one line a check, with the remedy. Exit code of the first check that fails.
 *
 * Shape of the JSON: `{command, exitCode, checks: [{name, status: ok | warn | fail, detail, remedy, exitCode}]}`; remedy is null where none is needed.
 */
export const doctor: Command = {
  name: 'doctor',
  positional: '',
  summary: 'check configuration, disk, token, permissions, clock and which sources this organization answers',
  options: {},
  async handle(context) {
    const { args, parts, screen, world, log } = context;
    args.check();
    const { settings, jobs } = await parts.loadAllJobs(context);
    const { apiChecks, outputCheck, tlsCheck } = await import('../doctorChecks.js');
    const { diskFacts } = await import('../diskCheck.js');
    const { messageLine } = await import('../outcomeLine.js');
    const { createClient } = await import('../../source/client.js');
    const { paintFor } = await import('../paint.js');
    const paint = paintFor(screen.style);
    const checks: Check[] = [];
    const say = (check: Check): void => {
      checks.push(check);
      const mark = MARKS[check.status][screen.style.unicode ? 0 : 1].padEnd(screen.style.unicode ? 1 : 4);
      screen.tell(`${paint[PAINTS[check.status]](mark)} ${check.name.padEnd(20)} ${messageLine(check.detail)}`);
      if (check.remedy !== undefined) screen.tell(`    ${screen.style.unicode ? '→' : '->'} ${context.asTyped(messageLine(check.remedy))}`);
    };
    const names = jobs.map((job) => job.name).join(', ');
    say({ name: 'configuration', status: 'ok', detail: `${context.options.config}; jobs: ${names === '' ? 'none' : names}`, exitCode: EXIT.done });
    say(outputCheck(settings.output.root, await diskFacts(settings.output.root)));
    say(tlsCheck(world.env));
    const http = { ...settings.http, maxAttempts: Math.min(ATTEMPTS, settings.http.maxAttempts) };
    const client = createClient({ genesys: settings.genesys, http }, { clock: world.clock, random: world.random, log, version: world.version });
    try {
      for await (const check of apiChecks(client.probe, settings, jobs, world.signal)) say(check);
    } finally {
      await client.close();
    }
    const exitCode = checks.find((check) => check.status === 'fail')?.exitCode ?? EXIT.done;
    screen.document({ command: 'doctor', exitCode, checks: checks.map(({ name, status, detail, remedy, exitCode: code }) => ({ name, status, detail: messageLine(detail), remedy: remedy === undefined ? null : messageLine(remedy), exitCode: code })) });
    return exitCode;
  },
};
