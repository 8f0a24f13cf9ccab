const HIDDEN = '[redacted]';

/** Log facts whose names say that the value must not be shown, whatever it is. */
export const SECRET_FACTS: readonly string[] = [
  'authorization', 'body', 'clientSecret', 'client_secret', 'cookie', 'cursor', 'header', 'headers', 'nextPageUrl', 'password', 'query', 'secret', 'token',
  'accessToken', 'access_token', 'value', 'attribute', 'attributes',
];

const CREDENTIALS = /\b(bearer|basic)\s+[\w.~+/=-]{4,}/gi;
const NAMED_SECRET = /\b((?:client_?secret|access_?token|password|passwd|secret|cursor)["']?\s*[=:]\s*["']?)(?!\[redacted\])[^\s"'&,;}]+/gi;
const QUERY_STRING = /(\bhttps?:\/\/[^\s?#"'<>]*)[?#][^\s"'<>]*/gi;
const USER_INFO = /(\bhttps?:\/\/)[^\s/@"'<>]+@/gi;

/**
 * Text without what may be a secret: credentials of an Authorization header, values named as secrets, query strings and user names of URLs.
 *
 * Why, where no message should hold one: the last net, for the words of libraries and for our own bugs.
 */
export const redactText = (text: string): string =>
  text
    .replaceAll(CREDENTIALS, (_, scheme: string) => `${scheme} ${HIDDEN}`)
    .replaceAll(USER_INFO, `$1${HIDDEN}@`)
    .replaceAll(QUERY_STRING, `$1?${HIDDEN}`)
    .replaceAll(NAMED_SECRET, `$1${HIDDEN}`);
