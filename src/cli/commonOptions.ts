import type { LogLevel } from './logLevel.js';

/** The options that every command takes. */
export interface CommonOptions {
  /** Path of the configuration file, absolute. */
  readonly config: string;
  /** Overrides `output.root`; absolute. */
  readonly output: string | undefined;
  readonly json: boolean;
  /** As asked for, or the default of where stderr goes. */
  readonly logLevel: LogLevel;
}
