import type { Secret } from './secret.js';

/** An OAuth client of the grant type client credentials. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: Secret;
}

/** Where the API is and who we are there. */
export interface GenesysSettings extends ClientCredentials {
  /** Origin of the platform API, without a trailing slash, e.g. `https://api.mypurecloud.com`. */
  readonly baseUrl: string;
  /** Origin of the token endpoint, e.g. `https://login.mypurecloud.com`. */
  readonly loginUrl: string;
  /** Further clients; each has its own token and its own budget of requests. */
  readonly moreClients?: readonly ClientCredentials[];
}

/** How we speak HTTP. */
export interface HttpSettings {
  /** Upper bound on requests a minute and client; the API's own headers may lower it. */
  readonly requestsPerMinute: number;
  /** Share of what the API allows a token that we may use, above 0 to 1; the rest is left to others with the same token. 1 when absent. */
  readonly budgetShare?: number;
  /** From the request's first byte to the answer's last. */
  readonly timeoutMs: number;
  /** Tries of one request, the first included. */
  readonly maxAttempts: number;
  /** `http://proxy:3128`; absent: direct. */
  readonly proxyUrl: string | undefined;
  /** The same for the login service, which may be elsewhere; absent: direct. */
  readonly loginProxyUrl?: string | undefined;
}

/** Where files go and who may read them. */
export interface OutputSettings {
  /** Absolute path of the output folder. */
  readonly root: string;
  /** Permission bits of files, 0600 by default. */
  readonly fileMode: number;
  /** Permission bits of folders, 0700 by default. */
  readonly dirMode: number;
}

/** config.yaml as the rest of the product sees it: parsed, defaulted, units in names. */
export interface Settings {
  readonly genesys: GenesysSettings;
  readonly http: HttpSettings;
  readonly output: OutputSettings;
}

/** Requests a minute that all clients together may send, where the API allows each token what is configured. */
export const permittedPerMinute = ({ genesys, http }: Pick<Settings, 'genesys' | 'http'>): number =>
  (1 + (genesys.moreClients ?? []).length) * Math.max(1, Math.floor(http.requestsPerMinute * (http.budgetShare ?? 1)));
