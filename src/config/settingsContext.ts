import type { Problem } from '../model/errors.js';
import type { Environment } from './variables.js';
import type { YamlPath } from './where.js';

/** What the parts of the settings are resolved with. */
export interface SettingsContext {
  readonly env: Environment;
  readonly folder: string;
  /** Nothing is sent: credentials may be missing. */
  readonly offline: boolean;
  readonly problems: Problem[];
  where(path: YamlPath): string;
  /** Whether the file's value there is unusable and said to be. */
  isBad(path: YamlPath): boolean;
}

/** A key of `genesys` that a variable stands in for. */
export interface KeyOrVariable {
  readonly key: string;
  readonly given: string | undefined;
  readonly variable: string;
  readonly wrong: (value: string) => string | undefined;
  /** What to say where neither is there; absent: that is no problem. */
  readonly missing?: string;
}

/** The text of a key of `genesys`, else of its variable. */
export const keyOrVariable = (context: SettingsContext, asked: KeyOrVariable): string | undefined => {
  const path = ['genesys', asked.key];
  if (asked.given !== undefined || context.isBad(path)) return asked.given;
  const value = context.env[asked.variable]?.trim() ?? '';
  const what = value === '' ? asked.missing : asked.wrong(value);
  if (what !== undefined) context.problems.push({ where: value === '' ? context.where(path) : asked.variable, what });
  return value === '' || what !== undefined ? undefined : value;
};
