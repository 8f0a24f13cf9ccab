import { Writable } from 'node:stream';
import type { World } from '../../src/cli/world.js';

/** An output stream that keeps what is written. */
class Kept extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly columns: number | undefined;

  constructor(terminal: { readonly columns: number } | undefined) {
    super({ decodeStrings: false });
    this.isTTY = terminal !== undefined;
    this.columns = terminal?.columns;
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** A world whose output is kept and whose clock stands still. */
export interface FakeWorld {
  readonly world: World;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves as soon as stdout holds the text. */
  readonly shown: (text: string) => Promise<void>;
  stop(signal: 'SIGINT' | 'SIGTERM'): void;
}

/** What shall differ from the usual fake world: piped, no environment, in `/work`, at noon of 2026-01-10. */
export interface FakeWorldOptions {
  readonly env?: World['env'];
  readonly cwd?: string;
  readonly terminal?: { readonly columns: number };
}

/** Makes a world for a command. */
export const fakeWorld = ({ env = {}, cwd = '/work', terminal }: FakeWorldOptions = {}): FakeWorld => {
  const controller = new AbortController();
  const stdout = new Kept(terminal);
  const stderr = new Kept(terminal);
  let ids = 0;
  const streamOf = (kept: Kept): World['stdout'] => kept as Kept & { readonly columns: number };
  return {
    world: {
      env,
      cwd,
      clock: { nowMs: () => Date.UTC(2026, 0, 10, 12), monotonicMs: () => 0, sleep: () => Promise.resolve() },
      random: () => 0.5,
      newId: () => (ids++).toString(16).padStart(32, '0'),
      pid: 1,
      hostname: 'test',
      stdout: streamOf(stdout),
      stderr: streamOf(stderr),
      program: 'gcx',
      version: '9.9.9',
      signal: controller.signal,
    },
    stdout: () => stdout.text,
    stderr: () => stderr.text,
    shown: (text) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (stdout.text.includes(text)) resolve();
          else setImmediate(look);
        };
        look();
      }),
    stop: (signal) => {
      controller.abort(signal);
    },
  };
};
