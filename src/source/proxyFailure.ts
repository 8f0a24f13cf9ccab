/** A proxy that failed us itself, before any byte of the API; what it is about stands in `cause` or `status`. */
export class ProxyFailure extends Error {
  /** What it answered to CONNECT; undefined where there was no answer. */
  readonly status: number | undefined;

  constructor(message: string, options: { readonly cause: unknown; readonly status?: number }) {
    super(message, { cause: options.cause });
    this.status = options.status;
  }
}

/** The ProxyFailure among an error and its causes. */
export const proxyFailureOf = (error: unknown): ProxyFailure | undefined => {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) if (at instanceof ProxyFailure) return at;
  return undefined;
};

/** A proxy's host and port, for messages: never its user or password. */
export const proxyPlace = (proxyUrl: string): string => {
  const { hostname, port, protocol } = new URL(proxyUrl);
  return `${hostname}:${port === '' ? (protocol === 'https:' ? '443' : '80') : port}`;
};
