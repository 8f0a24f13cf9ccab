/** Commands that take a job, or several. */
export const JOB_COMMANDS: readonly string[] = ['run', 'backfill', 'plan', 'status', 'verify', 'compare', 'preview', 'schedule'];

/** Commands that read the configuration. */
export const CONFIGURED_COMMANDS: readonly string[] = [...JOB_COMMANDS, 'doctor'];

/**
 * Commands that messages name: all that `gcx --help` lists.
 *
 * Why not from COMMANDS: the words of a message are spelt below what commands are made of. A test holds the two together.
 */
export const NAMED_COMMANDS: readonly string[] = [...CONFIGURED_COMMANDS, 'simulate', 'demo'];
