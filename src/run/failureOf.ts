import { errnoCode } from '../model/errnoCode.js';
import { AuthError, ExportError, HttpError, InterruptedError, MemoryError, RequestRefusedError, SinkError } from '../model/errors.js';
import type { Failure } from './report.js';

/**
 * An error as a report's failure.
 *
 * @throws the error itself where it is none of ours: that is a bug, and no partition's fault.
 */
export const failureOf = (error: unknown): Failure => {
  if (!(error instanceof ExportError)) throw error;
  return { error: error.name, message: error.message, remedy: error.remedy, exitCode: error.exitCode };
};

/** Whether an error only says that the run was told to stop. What else fails in that moment is told like at any other. */
export const isInterruption = (error: unknown, signal: AbortSignal): boolean => signal.aborted && (error instanceof InterruptedError || error === signal.reason);

/** What a disk says that takes nothing more. */
const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EROFS']);

/** Whether the next partition would fail likewise: refused credentials or requests, an API that asks to be left alone for long, a system without memory, or a disk that takes nothing more. */
export const stopsTheRun = (error: unknown): boolean =>
  error instanceof AuthError || error instanceof RequestRefusedError || error instanceof MemoryError || (error instanceof HttpError && error.retryAfterMs !== undefined) || (error instanceof SinkError && FULL.has(errnoCode(error.cause) ?? ''));
