import { setMaxListeners } from 'node:events';

/** The signals that ask a process to stop. */
export const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** One of them. */
export type StopSignal = (typeof STOP_SIGNALS)[number];

/** Where signals come from: the process, or a test's own emitter. */
export interface SignalSource {
  on(signal: StopSignal, listener: () => void): unknown;
  off(signal: StopSignal, listener: () => void): unknown;
}

/** A stop that can be asked for. */
export interface Shutdown {
  /** Aborted by the first signal; its reason is the signal's name. */
  readonly signal: AbortSignal;
  /** Stops listening: signals have their usual effect again. */
  dispose(): void;
}

/**
 * Turns signals into a stop: the first asks for a clean one, the second, of either kind, calls `stopNow`.
 *
 * Why stopping at once is safe: files become durable before anything says that they are done, so a kill repeats work and loses none.
 */
export const createShutdown = (source: SignalSource, stopNow: (signal: StopSignal) => void): Shutdown => {
  const controller = new AbortController();
  // Every partition that is read, and every pause, listens.
  setMaxListeners(0, controller.signal);
  const listeners = STOP_SIGNALS.map((name) => {
    const listener = (): void => {
      if (controller.signal.aborted) stopNow(name);
      else controller.abort(name);
    };
    source.on(name, listener);
    return { name, listener };
  });
  return {
    signal: controller.signal,
    dispose: () => {
      for (const { name, listener } of listeners) source.off(name, listener);
    },
  };
};
