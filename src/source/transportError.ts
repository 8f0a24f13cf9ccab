import { HttpError } from '../model/errors.js';
import type { ErrorFacts } from '../model/errors.js';

/** Why no usable answer arrived. `certificate` and `too-large` do not get better by asking again. */
export type TransportFault = 'connection' | 'timeout' | 'truncated' | 'encoding' | 'too-large' | 'certificate';

/** A request that brought no usable answer; what is to be done about it depends on `fault`. */
export class TransportError extends HttpError {
  readonly fault: TransportFault;

  constructor(fault: TransportFault, message: string, facts: ErrorFacts = {}) {
    super(message, facts);
    this.fault = fault;
  }
}

const CERTIFICATE = /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|EPROTO$)/;
const TIMEOUT = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);
const TRUNCATED = new Set(['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

const codeOf = (error: unknown): string => {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const code: unknown = 'code' in at ? at.code : undefined;
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{0,63}$/.test(code)) return code;
    const inner: unknown = at instanceof AggregateError ? at.errors[0] : undefined;
    if (inner !== undefined) return codeOf(inner);
  }
  return error instanceof Error ? error.name : 'unknown';
};

/**
 * Turns what undici, Node's sockets or its TLS threw into a TransportError that names the code, the origin, and nothing of the content.
 *
 * Why no `cause`: parser and header errors of the libraries quote bytes of the answer.
 */
export const toTransportError = (error: unknown, label: string, origin = 'the server'): TransportError => {
  if (error instanceof TransportError) return error;
  const code = codeOf(error);
  if (CERTIFICATE.test(code)) {
    return new TransportError('certificate', `${label}: the certificate or TLS version of ${origin} is not acceptable (${code})`, {
      remedy: 'Check genesys.baseUrl and the system clock; for a private authority set NODE_EXTRA_CA_CERTS.',
    });
  }
  if (TIMEOUT.has(code)) return new TransportError('timeout', `${label}: ${origin} did not answer in time (${code})`);
  if (TRUNCATED.has(code)) return new TransportError('truncated', `${label}: the connection to ${origin} ended before the answer was complete (${code})`);
  return new TransportError('connection', `${label}: ${code === 'ENOTFOUND' ? 'there is no such host as' : 'no connection to'} ${origin} (${code})`, {
    remedy: 'Check the network, the proxy, and genesys.environment (or genesys.baseUrl and loginUrl, where they are set).',
  });
};
