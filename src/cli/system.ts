import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, relative } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { EXIT } from '../model/errors.js';
import type { Clock } from '../model/ports.js';
import { createShutdown } from '../schedule/shutdown.js';
import type { World } from './world.js';

/** Timers beyond this fire at once. Source: Node.js, `setTimeout`. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The computer's clocks. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  async sleep(ms, signal) {
    const clamped = Math.min(Math.max(0, ms), LONGEST_TIMER_MS);
    try {
      await wait(clamped, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      throw signal?.aborted === true ? signal.reason : error;
    }
  },
};

const packageVersion = (): string => {
  const parsed: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed && typeof parsed.version === 'string' ? parsed.version : '0.0.0';
};

/**
 * The command that starts this program, from the path it was started by: an installed one is a link named `gcx`, npx keeps its own in node_modules.
 */
export const programOf = (started: string | undefined, cwd: string): string => {
  if (started === undefined) return 'gcx';
  if (basename(started) === 'gcx') return /[\\/]node_modules[\\/]\.bin[\\/]/.test(started) ? 'npx gcx' : 'gcx';
  const near = relative(cwd, started);
  return `node ${near.startsWith('..') ? started : near}`;
};

/**
 * A reader that goes away (`gcx status --files | head -1`) is no failure of ours: what it did not want is dropped.
 * Where a result cannot be written for another reason, e.g. on a full disk, that is told, and the exit code says so; where not even that can be told, nothing is.
 */
const tolerateFailingStreams = (): void => {
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.stderr.write(`gcx: the result cannot be written to stdout (${error.code ?? error.name}); what was done is done\n`);
    process.once('exit', (code) => {
      if (code === EXIT.done) process.exitCode = EXIT.incomplete;
    });
  });
};

/** The world of this process. Call it once: it listens for signals. */
export const systemWorld = (): World => {
  tolerateFailingStreams();
  return {
    env: process.env,
    cwd: process.cwd(),
    clock: systemClock,
    random: Math.random,
    newId: () => randomBytes(16).toString('hex'),
    pid: process.pid,
    hostname: hostname(),
    stdout: process.stdout,
    stderr: process.stderr,
    program: programOf(process.argv[1], process.cwd()),
    version: packageVersion(),
    signal: createShutdown(process, () => process.exit(EXIT.interrupted)).signal,
  };
};
