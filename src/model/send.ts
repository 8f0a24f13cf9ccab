/** A request to the platform API or the token endpoint. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Absolute URL on the configured origin. Query strings may hold cursors: never log them. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Names the call in messages and logs: `conversation details query, page 3`. Free of ids that are secret. */
  readonly label: string;
  /** Which service is asked, for messages; the API where absent. */
  readonly service?: 'login';
  /** Tries, the first included, where the answer is not worth as many as others are: being throttled is one of them, too. Never more than the settings permit. */
  readonly maxAttempts?: number;
  /** It makes an export job: a 429 that counts jobs is its answer, as whoever asked waits in a line of its own (pagers/jobLine.ts). */
  readonly makesJob?: boolean;
  /** Nothing depends on its success: its retries do not count against the run's budget, and a 403 is an answer as any other. */
  readonly isCourtesy?: boolean;
}

/** An answer, read whole. */
export interface ApiResponse {
  readonly status: number;
  /** Lower-case names; repeated headers joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decompressed; complete (truncation is an error of the transport, never a short body). */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Sends one request and gives its answer. Wrappers (`with…`) take and give this same type. */
export type Send = (request: ApiRequest, signal?: AbortSignal) => Promise<ApiResponse>;
