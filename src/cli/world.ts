import type { Clock, Random } from '../model/ports.js';

/** An output stream, as far as commands use it: Node's own, or one that a test keeps. */
export interface OutputStream {
  /** `true` on a terminal. */
  readonly isTTY?: boolean;
  /** Width of the terminal in characters; absent where there is none. */
  readonly columns?: number;
  write(text: string): boolean;
}

/**
 * Everything a command takes from outside itself: nothing in the product reads the process, the clock or chance in another way.
 *
 * Invariant: the real one is made in system.ts and nowhere else.
 */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path that relative paths in arguments start from. */
  readonly cwd: string;
  readonly clock: Clock;
  readonly random: Random;
  /** A fresh random id. Shape: 32 hex digits, 128 bits. */
  newId(): string;
  readonly pid: number;
  readonly hostname: string;
  readonly stdout: OutputStream & NodeJS.WritableStream;
  readonly stderr: OutputStream & NodeJS.WritableStream;
  /** The command that starts this program in the reader's shell: `gcx`, or `node dist/main.js` where it is not installed. */
  readonly program: string;
  /** The package's version, for `--version`, User-Agent and manifests. */
  readonly version: string;
  /** Aborted, with a `StopSignal` as its reason, when the user or the system asks us to stop. */
  readonly signal: AbortSignal;
}
