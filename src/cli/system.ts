import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
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
 * A reader that goes away (`gcx status --files | head -1`) is no failure of ours: what it did not want is dropped.
 * Any other error of the stream is thrown, as it would be without a listener.
 */
const tolerateClosedReader = (stream: NodeJS.WriteStream): void => {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
};

/** The world of this process. Call it once: it listens for signals. */
export const systemWorld = (): World => {
  tolerateClosedReader(process.stdout);
  tolerateClosedReader(process.stderr);
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
    version: packageVersion(),
    signal: createShutdown(process, () => process.exit(EXIT.interrupted)).signal,
  };
};
