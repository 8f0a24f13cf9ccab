import type { Settings } from '../model/settings.js';
import { formatDuration } from './durations.js';

const octal = (mode: number): string => `0${mode.toString(8).padStart(3, '0')}`;

const withoutUser = (proxy: string): string => {
  const url = new URL(proxy);
  return url.username === '' && url.password === '' ? proxy : `${url.protocol}//[redacted]@${url.host}`;
};

/**
 * Settings as plain data for people: durations and permissions as config.yaml writes them.
 *
 * Invariant: no secret is in it: not the client's, not a proxy's user or password.
 */
export const redactSettings = ({ genesys, http, output }: Settings): Readonly<Record<'genesys' | 'http' | 'output', Readonly<Record<string, string | number | null>>>> => ({
  genesys: { baseUrl: genesys.baseUrl, loginUrl: genesys.loginUrl, clientId: genesys.clientId, clientSecret: genesys.clientSecret.toString(), clients: 1 + (genesys.moreClients ?? []).length },
  http: {
    requestsPerMinute: http.requestsPerMinute,
    budgetShare: http.budgetShare ?? 1,
    timeout: formatDuration(http.timeoutMs),
    maxAttempts: http.maxAttempts,
    proxy: http.proxyUrl === undefined ? null : withoutUser(http.proxyUrl),
  },
  output: { root: output.root, fileMode: octal(output.fileMode), dirMode: octal(output.dirMode) },
});
