/** Bounds how many of a run's requests may be second tries. */
export interface RetryBudget {
  /** Counts a request (not its retries). */
  countRequest(): void;
  /** Takes one retry; `false` when there is none left. */
  takeRetry(): boolean;
  /** Retries taken so far. */
  readonly retries: number;
}

/**
 * A budget of `share` of the requests, and never fewer than `minimum`.
 *
 * Why: when a service is down for everybody, every request retried to the end multiplies the load that keeps it down.
 */
export const createRetryBudget = (share = 0.1, minimum = 20): RetryBudget => {
  let requests = 0;
  let retries = 0;
  return {
    countRequest: () => {
      requests++;
    },
    takeRetry: () => {
      if (retries >= Math.max(minimum, requests * share)) return false;
      retries++;
      return true;
    },
    get retries() {
      return retries;
    },
  };
};
