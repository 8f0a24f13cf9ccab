import { ConfigError, EXIT, ExportError, InterruptedError, type ExitCode, type Problem } from '../model/errors.js';
import type { AsTyped } from './asTyped.js';
import { escapeLines } from './printable.js';
import { redactText } from './redact.js';
import { sourceStack } from './sourceStack.js';

/** What an error means to whoever started the command. */
export interface Explanation {
  readonly exitCode: ExitCode;
  /** For stderr: what happened, where, and what to do. */
  readonly text: string;
  /** For stdout under --json. Shape: `{error: {name, message, remedy, problems, exitCode}}`; remedy and problems are null where there are none. */
  readonly document: Readonly<Record<string, unknown>>;
}

const safe = (text: string): string => escapeLines(redactText(text));

/** Under --json, where a program reads them, commands are those of `gcx`. */
const asItIs: AsTyped = (text) => text;

/** Each by itself: a key that is named before a colon is not the name of a value that has to be hidden. */
const problemLine = (problem: Problem, asTyped: AsTyped): string => `${safe(problem.where)}: ${safe(asTyped(problem.what))}`;

const messageOf = (error: Error, asTyped: AsTyped): string =>
  error instanceof ConfigError ? error.problems.map((problem) => problemLine(problem, asTyped)).join('\n') : safe(asTyped(error.message));

const foreseenText = (error: ExportError, asTyped: AsTyped): string => {
  const problems = error instanceof ConfigError ? error.problems : [];
  const head =
    problems.length > 1
      ? [`gcx: ${String(problems.length)} problems`, ...problems.map((problem) => `  - ${problemLine(problem, asTyped)}`)]
      : [`gcx: ${messageOf(error, asTyped)}`];
  return [...head, ...(error.remedy === undefined ? [] : [`  → ${safe(asTyped(error.remedy))}`])].join('\n');
};

const documentOf = (error: ExportError | Error, exitCode: ExitCode): Explanation['document'] => ({
  error: {
    name: error.name,
    message: messageOf(error, asItIs),
    remedy: error instanceof ExportError && error.remedy !== undefined ? safe(error.remedy) : null,
    problems: error instanceof ConfigError ? error.problems.map(({ where, what }) => ({ where: safe(where), what: safe(what) })) : null,
    exitCode,
  },
});

const bugText = (error: unknown): string => {
  const stack = error instanceof Error ? sourceStack(error.stack ?? `${error.name}: ${error.message}`) : `thrown: ${typeof error === 'string' ? error : typeof error}`;
  return [
    'gcx: unexpected error',
    safe(stack).replaceAll(/^/gm, '  '),
    '  → This is a bug in gcx: please report it with the lines above. What is exported so far is safe; running again goes on from there.',
  ].join('\n');
};

/** The error that stands for a stop: the signal's reason is thrown as it is by whatever was waiting. */
const interruption = (error: unknown, signal: AbortSignal): InterruptedError | undefined => {
  if (error instanceof InterruptedError) return error;
  const stopped = signal.aborted && (error === signal.reason || (error instanceof Error && error.name === 'AbortError'));
  if (!stopped) return undefined;
  return new InterruptedError(`stopped by ${String(signal.reason)}`, { remedy: 'State is kept: run the same command again to go on.' });
};

/**
 * The one place that decides what an error means: its exit code and its words.
 *
 * Invariant: a foreseen error is shown without a stack, any other with one; neither shows a secret.
 */
export const explain = (error: unknown, signal: AbortSignal, asTyped: AsTyped = asItIs): Explanation => {
  const foreseen = interruption(error, signal) ?? (error instanceof ExportError ? error : undefined);
  if (foreseen !== undefined) {
    return { exitCode: foreseen.exitCode, text: foreseenText(foreseen, asTyped), document: documentOf(foreseen, foreseen.exitCode) };
  }
  const bug = error instanceof Error ? error : new Error(typeof error === 'string' ? error : 'a value that is no error was thrown');
  return { exitCode: EXIT.bug, text: bugText(error), document: documentOf(bug, EXIT.bug) };
};
