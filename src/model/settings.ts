import type { Secret } from './secret.js';

/** Where the API is and who we are there. */
export interface GenesysSettings {
  /** Origin of the platform API, without a trailing slash, e.g. `https://api.mypurecloud.com`. */
  readonly baseUrl: string;
  /** Origin of the token endpoint, e.g. `https://login.mypurecloud.com`. */
  readonly loginUrl: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
}

/** How we speak HTTP. */
export interface HttpSettings {
  /** Upper bound on requests a minute; the API's own headers may lower it. */
  readonly requestsPerMinute: number;
  /** From the request's first byte to the answer's last. */
  readonly timeoutMs: number;
  /** Tries of one request, the first included. */
  readonly maxAttempts: number;
  /** `http://proxy:3128`; absent: direct. */
  readonly proxyUrl: string | undefined;
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
