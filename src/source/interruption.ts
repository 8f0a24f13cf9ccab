import { ExportError, InterruptedError } from '../model/errors.js';
import type { Clock } from '../model/ports.js';

/**
 * The error to throw once a signal has fired: the caller's own reason where it is one of ours, an InterruptedError otherwise.
 *
 * Why: `abort()` without a reason carries a DOMException, which would count as a bug of ours.
 */
export const interruption = (signal: AbortSignal, label: string): Error =>
  signal.reason instanceof ExportError ? signal.reason : new InterruptedError(`${label}: stopped before the answer was complete`);

/** Throws the interruption if the signal has fired already. */
export const throwIfInterrupted = (signal: AbortSignal | undefined, label: string): void => {
  if (signal?.aborted === true) throw interruption(signal, label);
};

/** Waits for a time. @throws the interruption as soon as the signal fires */
export const pauseFor = async (clock: Clock, ms: number, label: string, signal: AbortSignal | undefined): Promise<void> => {
  try {
    await clock.sleep(ms, signal);
  } catch (error) {
    throw signal?.aborted === true ? interruption(signal, label) : error;
  }
};

/**
 * Aborts a controller when a signal fires, until the function that it gives is called.
 *
 * Why not AbortSignal.any: what that makes is kept for as long as the signal lives, which may be the process's life.
 */
export const follow = (controller: AbortController, signal: AbortSignal | undefined): (() => void) => {
  const onAbort = (): void => {
    controller.abort(signal?.reason);
  };
  if (signal?.aborted === true) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  return () => signal?.removeEventListener('abort', onAbort);
};

/** How long what is under way may take to finish once a run is to stop. */
const PATIENCE_MS = 5_000;

/** Does what is better finished than cut off: it is stopped only some seconds after the signal has fired. */
export const patiently = async <T>(clock: Clock, signal: AbortSignal | undefined, work: (patient: AbortSignal) => Promise<T>): Promise<T> => {
  const patient = new AbortController();
  const done = new AbortController();
  const onAbort = (): void => {
    clock.sleep(PATIENCE_MS, done.signal).then(
      () => { patient.abort(signal?.reason); },
      () => {
        // It is finished: nobody has to be stopped.
      },
    );
  };
  if (signal?.aborted === true) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await work(patient.signal);
  } finally {
    done.abort();
    signal?.removeEventListener('abort', onAbort);
  }
};

/**
 * Waits for a promise that serves several callers, without letting one caller's signal cancel it for the others.
 *
 * @throws the interruption as soon as the signal fires; whatever the promise rejects with otherwise.
 */
export const orInterrupted = async <T>(promise: Promise<T>, signal: AbortSignal | undefined, label: string): Promise<T> => {
  if (signal === undefined) return promise;
  if (signal.aborted) {
    // The others who wait for it hear of its failure.
    promise.catch(() => undefined);
    throw interruption(signal, label);
  }
  let stop: (() => void) | undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = () => {
      reject(interruption(signal, label));
    };
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
};
