/** Process exit codes (CONTRACT section 2). */
export const EXIT = {
  done: 0,
  bug: 1,
  usage: 2,
  refused: 3,
  incomplete: 4,
  locked: 5,
  interrupted: 130,
} as const;

/** One of the documented exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Further facts of an error. */
export interface ErrorFacts {
  /** What the reader can do about it: one sentence, imperative. */
  readonly remedy?: string;
  readonly cause?: unknown;
}

/**
 * An error this product foresaw: its message says what happened and where, `remedy` what to do.
 *
 * Invariant: no message, remedy or cause shown to a person holds a token, header, body or attribute value.
 */
export abstract class ExportError extends Error {
  abstract readonly exitCode: ExitCode;
  readonly remedy: string | undefined;

  constructor(message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = new.target.name;
    this.remedy = facts.remedy;
  }
}

/** One thing wrong with what the user gave. */
export interface Problem {
  /** Where: a file and a path in it (`config.yaml: http.timeout`), an option (`--from`), or a variable's name. */
  readonly where: string;
  /** What is wrong and what is expected instead. */
  readonly what: string;
}

/** Configuration or arguments that cannot be used; lists every problem found. */
export class ConfigError extends ExportError {
  readonly exitCode = EXIT.usage;
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], facts: ErrorFacts = {}) {
    super(problems.map((p) => `${p.where}: ${p.what}`).join('\n'), facts);
    this.problems = problems;
  }
}

/** Credentials or permissions refused by the API. */
export class AuthError extends ExportError {
  readonly exitCode = EXIT.refused;
}

/** Facts of an answer worth quoting: never its body or headers. */
export interface HttpFacts extends ErrorFacts {
  readonly status?: number;
  /** `ININ-Correlation-Id`, for Genesys support. */
  readonly correlationId?: string;
  /** The platform error body's `code`. */
  readonly apiCode?: string;
  /** When set, the answer said not to come back before so many milliseconds. */
  readonly retryAfterMs?: number;
}

/** A request that could not be completed after all permitted attempts. */
export class HttpError extends ExportError {
  readonly exitCode: ExitCode = EXIT.incomplete;
  readonly status: number | undefined;
  readonly correlationId: string | undefined;
  readonly apiCode: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, facts: HttpFacts = {}) {
    super(message, facts);
    this.status = facts.status;
    this.correlationId = facts.correlationId;
    this.apiCode = facts.apiCode;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/** The API refuses the request itself (400 and the like on a first page): the job's filters or page size are wrong. */
export class RequestRefusedError extends HttpError {
  override readonly exitCode = EXIT.usage;
}

/** The API no longer knows the saved position: an expired job, a dead cursor or link. The source is asked again from the start. */
export class PositionGoneError extends HttpError {}

/** An answer asks us to follow a link that we must not follow: another origin, or one followed already. */
export class LinkError extends HttpError {}

/** An answer that is not what we rely on. `path` names the offending field. */
export class DecodeError extends ExportError {
  readonly exitCode = EXIT.incomplete;
  readonly path: string;
  /** Which answer. */
  readonly what: string;
  /** What is wrong there, as the rest of a sentence; free of values. */
  readonly problem: string;

  constructor(what: string, path: string, problem: string, facts: ErrorFacts = {}) {
    super(`${what}: ${path === '' ? 'the answer' : path} ${problem}`, facts);
    this.what = what;
    this.path = path;
    this.problem = problem;
  }
}

/** A file that could not be written, or that does not hold what was written. */
export class SinkError extends ExportError {
  readonly exitCode = EXIT.incomplete;
}

/** Fewer or more conversations than the API says there are. */
export class CompletenessError extends ExportError {
  readonly exitCode = EXIT.incomplete;
}

/** Saved state (checkpoint, journal, manifest) that is damaged or contradicts itself. */
export class StateError extends ExportError {
  readonly exitCode = EXIT.incomplete;
}

/** What is committed was exported with other settings than the job has now, and is replaced on purpose only. */
export class OtherSettingsError extends StateError {}

/** The system gives no more memory, or no more address space. */
export class MemoryError extends ExportError {
  readonly exitCode = EXIT.incomplete;
}

/** Another run holds the job's lock. */
export class LockedError extends ExportError {
  readonly exitCode = EXIT.locked;
}

/** The user or the system asked us to stop; state is kept. */
export class InterruptedError extends ExportError {
  readonly exitCode = EXIT.interrupted;
}
