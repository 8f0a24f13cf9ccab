/** The process's environment variables, as an argument. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What became of a scalar. */
export interface Substituted {
  readonly text: string;
  /** Whether the scalar named any variable. */
  readonly changed: boolean;
  /** Names of the variables that are not set and have no default. */
  readonly missing: readonly string[];
  /** Whether a `${…}` could not be read. */
  readonly malformed: boolean;
}

const REFERENCE = /\$\$\{|\$\{([^}]*)\}|\$\{/g;
const INSIDE = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/**
 * Replaces `${NAME}` and `${NAME:-default}` in one scalar; `$${` gives a literal `${`.
 *
 * Invariant: one pass over a scalar that YAML has parsed already, so a value can inject neither YAML nor another reference.
 * A variable that is set to nothing counts as set for `${NAME}`, and as not set for `${NAME:-default}` (as in a shell).
 */
export const substitute = (text: string, env: Environment): Substituted => {
  if (!text.includes('${')) return { text, changed: false, missing: [], malformed: false };
  const missing: string[] = [];
  let malformed = false;
  const result = text.replaceAll(REFERENCE, (whole, inside: string | undefined) => {
    if (whole === '$${') return '${';
    const match = inside === undefined ? null : INSIDE.exec(inside);
    const [, name, fallback] = match ?? [];
    if (name === undefined || fallback?.includes('${') === true) {
      malformed = true;
      return '';
    }
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (fallback !== undefined) return value === undefined || value === '' ? fallback : value;
    if (value === undefined) missing.push(name);
    return value ?? '';
  });
  return { text: result, changed: true, missing, malformed };
};
