/** The options that every command takes. */
export interface CommonOptions {
  /** Path of the configuration file, absolute. */
  readonly config: string;
  /** Overrides `output.root`; absolute. */
  readonly output: string | undefined;
  readonly json: boolean;
}
