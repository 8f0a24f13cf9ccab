import { HttpError } from '../model/errors.js';
import type { ErrorFacts } from '../model/errors.js';
import { proxyFailureOf } from './proxyFailure.js';

/** Why no usable answer arrived. `certificate`, `too-large` and `proxy` (it refuses) do not get better by asking again. */
export type TransportFault = 'connection' | 'timeout' | 'truncated' | 'encoding' | 'too-large' | 'certificate' | 'proxy';

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

/** What was asked, and by which way; for messages. */
export interface Way {
  readonly origin: string;
  /** Host and port of the proxy; undefined: directly. */
  readonly proxy: string | undefined;
}

const PROXY_REMEDIES: Readonly<Record<number, string>> = {
  407: 'It wants a user and password, written before its host with an @ between them, in http.proxy or HTTPS_PROXY.',
  429: 'The proxy has too much to do, or lets this machine through so often only: run again later, and ask whoever runs it.',
  502: 'The proxy itself does not reach that host: check genesys.environment (or genesys.baseUrl and loginUrl), and ask whoever runs it.',
};
/** Of a proxy, too, another try may mend these. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/** A proxy that answered something else than that the way is open. */
const refusedByProxy = (status: number, label: string, { origin, proxy }: Way): TransportError =>
  new TransportError(PASSING.has(status) ? 'connection' : 'proxy', `${label}: no connection to ${origin} through the proxy ${String(proxy)}: it answered ${String(status)}`, {
    remedy: PROXY_REMEDIES[status] ?? (PASSING.has(status) ? PROXY_REMEDIES[502]! : 'The proxy does not let this host through: ask whoever runs it, or name another one in http.proxy.'),
  });

/** What the certificate is of that was not accepted. */
const uncertified = (code: string, isOfProxy: boolean, label: string, { origin, proxy }: Way): TransportError => {
  const remedy = 'Check that this is the right address, and the system clock; for a private authority set NODE_EXTRA_CA_CERTS.';
  if (isOfProxy) return new TransportError('certificate', `${label}: the certificate or TLS version of the proxy ${String(proxy)} is not acceptable (${code})`, { remedy });
  return new TransportError('certificate', `${label}: the certificate or TLS version of ${origin} is not acceptable${proxy === undefined ? '' : `, as it comes through the proxy ${proxy}`} (${code})`, { remedy });
};

/**
 * Turns what undici, Node's sockets or its TLS threw into a TransportError that names the code, the origin, the proxy if there is one, and nothing of the content.
 *
 * Why no `cause`: parser and header errors of the libraries quote bytes of the answer.
 */
export const toTransportError = (error: unknown, label: string, way: Way): TransportError => {
  if (error instanceof TransportError) return error;
  const ofProxy = proxyFailureOf(error);
  if (ofProxy?.status !== undefined) return refusedByProxy(ofProxy.status, label, way);
  const code = codeOf(ofProxy ?? error);
  if (CERTIFICATE.test(code)) return uncertified(code, ofProxy !== undefined, label, way);
  const { origin, proxy } = way;
  const through = proxy === undefined ? '' : ` through the proxy ${proxy}`;
  const isUnknown = code === 'ENOTFOUND';
  // Before all others: one that is behind a firewall times out, and one that hangs up resets, and neither says anything of the origin.
  if (ofProxy !== undefined) return new TransportError('connection', `${label}: no connection to ${origin}${through}${isUnknown ? ': there is no such host as the proxy' : ''} (${code})`, { remedy: 'Check http.proxy or HTTPS_PROXY, and whether the proxy runs.' });
  if (TIMEOUT.has(code)) return new TransportError('timeout', `${label}: ${origin} did not answer in time${through} (${code})`);
  if (TRUNCATED.has(code)) return new TransportError('truncated', `${label}: the connection to ${origin}${through} ended before the answer was complete (${code})`);
  const remedy = 'Check the network, the proxy, and genesys.environment (or genesys.baseUrl and loginUrl, where they are set).';
  return new TransportError('connection', `${label}: ${isUnknown ? 'there is no such host as' : 'no connection to'} ${origin}${through} (${code})`, { remedy });
};
