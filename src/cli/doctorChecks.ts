import { EXIT, type ExitCode, type ExportError } from '../model/errors.js';
import { WITHOUT_LINKS } from '../model/fileTrouble.js';
import { SOURCE_KINDS, type Job, type SourceKind } from '../model/job.js';
import type { Settings } from '../model/settings.js';
import type { Finding, Probe } from '../source/probe.js';
import { proxyPlace } from '../source/proxyFailure.js';
import type { DiskFacts } from './diskCheck.js';
import { bytesText, durationText } from './figures.js';
import type { World } from './world.js';

/** One line of `gcx doctor`. */
export interface Check {
  readonly name: string;
  /** `warn`: nothing fails because of it today. */
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  readonly remedy?: string;
  /** What a failed check would make a run end with. */
  readonly exitCode: ExitCode;
}

const LITTLE_SPACE = 1024 ** 3;
/** Tokens and Retry-After dates are reckoned on the server's clock; beyond this a person should set theirs right. Units: milliseconds. */
const SKEW_MS = 60_000;

const ok = (name: string, detail: string): Check => ({ name, status: 'ok', detail, exitCode: EXIT.done });
const warn = (name: string, detail: string, remedy: string): Check => ({ name, status: 'warn', detail, remedy, exitCode: EXIT.done });
const fail = (name: string, detail: string, exitCode: ExitCode, remedy: string): Check => ({ name, status: 'fail', detail, remedy, exitCode });
const failed = (name: string, error: ExportError): Check => ({
  name, status: 'fail', detail: error.message, exitCode: error.exitCode, ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
});
const checked = <T>(name: string, finding: Finding<T>, then: (value: T) => Check): Check => (finding.ok ? then(finding.value) : failed(name, finding.error));

/** The output folder: writable, with hard links and room left. */
export const outputCheck = (root: string, disk: DiskFacts): Check => {
  const name = 'output';
  if (!disk.isFolder) return fail(name, `${disk.folder} is a file, not a folder`, EXIT.usage, 'Choose another folder: output.root in config.yaml, or --output.');
  if (!disk.writable) return fail(name, `${disk.folder} cannot be written`, EXIT.usage, 'Give this user the right to write there, or choose another folder: output.root, or --output.');
  if (!disk.hardLinks) return fail(name, `${disk.folder}: ${WITHOUT_LINKS.what}`, EXIT.incomplete, WITHOUT_LINKS.remedy);
  const detail = `${root}, ${bytesText(disk.freeBytes)} free`;
  return disk.freeBytes < LITTLE_SPACE ? warn(name, detail, 'Make room: gcx plan <job> says how much an export takes.') : ok(name, detail);
};

/** Certificates are checked: an environment that turns this off would hand the secret to anyone. */
export const tlsCheck = (env: World['env']): Check =>
  env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0'
    ? fail('certificates', 'NODE_TLS_REJECT_UNAUTHORIZED=0 turns the check of certificates off', EXIT.usage, 'Unset it; give a private authority with NODE_EXTRA_CA_CERTS.')
    : ok('certificates', 'checked');

const protocolCheck = (kind: SourceKind, finding: Finding<true>, users: readonly string[]): Check => {
  const name = `source ${kind}`;
  const used = users.length === 0 ? 'no job uses it' : `used by ${users.join(', ')}`;
  if (finding.ok) return ok(name, `answers (${used})`);
  if (users.length === 0) return warn(name, `does not answer here (${used}): ${finding.error.message}`, 'Nothing to do unless a job is to use it.');
  return failed(name, finding.error);
};

const through = (proxyUrl: string | undefined): string => (proxyUrl === undefined ? '' : ` through the proxy ${proxyPlace(proxyUrl)}`);

/** Asks the API, one small call a check, and gives each answer as it comes. After a token that is not given nothing more is asked. */
export async function* apiChecks(probe: Probe, settings: Pick<Settings, 'genesys' | 'http'>, jobs: readonly Job[], signal: AbortSignal): AsyncGenerator<Check, void, void> {
  const { genesys, http } = settings;
  const token = await probe.token(signal);
  yield checked('token', token, () => ok('token', `given by ${genesys.loginUrl}${through(http.loginProxyUrl)}`));
  if (!token.ok) return;
  yield checked('clock', await probe.clockSkewMs(signal), (skewMs) => {
    // The API's clock is read to the second, and an answer takes its time.
    const detail = `${Math.abs(skewMs) < 1500 ? 'within a second of the API' : `${durationText(Math.abs(skewMs))} ${skewMs < 0 ? 'behind' : 'ahead of'} the API`}${through(http.proxyUrl)}`;
    return Math.abs(skewMs) > SKEW_MS ? warn('clock', detail, 'Let this machine keep its time by NTP: run and schedule decide by it which days are over.') : ok('clock', detail);
  });
  const availability = await probe.availability(signal);
  const lakeUsers = jobs.filter((job) => job.source.kind === 'job-cursor').map((job) => job.name);
  if (availability.ok) yield ok('data lake', `complete up to ${new Date(availability.value.ms).toISOString()}`);
  else if (lakeUsers.length > 0) yield failed('data lake', availability.error);
  else yield warn('data lake', `not readable: ${availability.error.message}`, 'Needed by job-cursor only: add the permission analytics:conversationDetail:view.');
  for (const kind of SOURCE_KINDS) {
    const users = jobs.filter((job) => job.source.kind === kind).map((job) => job.name);
    yield protocolCheck(kind, await probe.protocol(kind, signal), users);
  }
}
