import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Node, Pair, Scalar, YAMLMap } from 'yaml';
import type { Problem } from '../model/errors.js';
import { substitute } from './variables.js';
import type { Environment } from './variables.js';
import { MERGE_KEY, placeIn, showKey } from './where.js';
import type { YamlPath } from './where.js';
import { explainYamlError } from './yamlErrors.js';

/** A variable that is not quoted, in a mapping on one line. */
const VARIABLE_IN_BRACES = /(?<!\$)\{[^"']*\$\{/;
const MAX_DEPTH = 40;
const MAX_CHARACTERS = 1_048_576;

/** A YAML file as plain data, with variables replaced, and the way back to its lines. */
export interface YamlTree {
  readonly file: string;
  /** Keys without a value are left out, except under `filters`, where null is data. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** The `where` for a path; a path that is not in the file has the line of its nearest parent. */
  where(path: YamlPath): string;
  /** Whether a problem is listed already for this path or one above it. */
  isSpoilt(path: YamlPath): boolean;
}

const id = (path: YamlPath): string => JSON.stringify(path);

class TreeReader {
  readonly problems: Problem[] = [];
  readonly lines = new Map<string, number>();
  readonly spoilt = new Set<string>();

  constructor(
    readonly file: string,
    readonly env: Environment,
    readonly counter: LineCounter,
  ) {}

  where(path: YamlPath): string {
    for (let length = path.length; length > 0; length--) {
      const line = this.lines.get(id(path.slice(0, length)));
      if (line !== undefined) return placeIn(this.file, path, line);
    }
    return placeIn(this.file, path, undefined);
  }

  isSpoilt(path: YamlPath): boolean {
    return Array.from({ length: path.length + 1 }, (_, n) => id(path.slice(0, n))).some((key) => this.spoilt.has(key));
  }

  spoil(path: YamlPath, what: string): undefined {
    this.problems.push({ where: this.where(path), what });
    this.spoilt.add(id(path));
    return undefined;
  }

  line(node: Node | null | undefined): number | undefined {
    const offset = node?.range?.[0];
    return offset === undefined ? undefined : this.counter.linePos(offset).line;
  }

  read(node: unknown, path: YamlPath): unknown {
    if (path.length > MAX_DEPTH) return this.spoil(path, `is nested deeper than ${String(MAX_DEPTH)} levels`);
    if (isMap(node)) return node.tag === undefined ? this.map(node, path) : this.spoil(path, 'carries a YAML tag; write it without one');
    if (isSeq(node)) {
      return node.tag === undefined ? node.items.map((item, n) => this.item(item, [...path, n])) : this.spoil(path, 'carries a YAML tag; write it without one');
    }
    if (isScalar(node)) return node.tag === undefined ? this.scalar(node.value, path) : this.spoil(path, 'carries a YAML tag; put text in quotes instead');
    return node === null || node === undefined ? null : this.spoil(path, 'is a YAML alias; write the value out');
  }

  item(item: unknown, path: YamlPath): unknown {
    const line = this.line(item as Node);
    if (line !== undefined) this.lines.set(id(path), line);
    return this.read(item, path);
  }

  map(node: YAMLMap, path: YamlPath): unknown {
    const entries: [string, unknown][] = [];
    for (const pair of node.items as Pair<unknown>[]) {
      const key = isScalar(pair.key) ? pair.key.value : undefined;
      if (typeof key !== 'string') {
        this.spoil(path, 'has a key that is not plain text; put keys in quotes');
        continue;
      }
      const at = [...path, key];
      const line = this.line(pair.key as Node);
      if (line !== undefined) this.lines.set(id(at), line);
      if (key === MERGE_KEY && (pair.key as Scalar).type === 'PLAIN') {
        this.spoil(at, 'is a YAML merge key; write out the keys that it stands for');
        continue;
      }
      const value = this.read(pair.value, at);
      if (value === undefined || (value === null && !path.includes('filters'))) entries.push([key, undefined]);
      else entries.push([key, value]);
    }
    // fromEntries defines own properties: a key `__proto__` stays a key.
    return Object.fromEntries(entries);
  }

  scalar(value: unknown, path: YamlPath): unknown {
    if (typeof value !== 'string') return value;
    const { text, changed, missing, malformed } = substitute(value, this.env);
    if (malformed) return this.spoil(path, 'holds a ${…} that cannot be read: expected ${NAME} or ${NAME:-default}; a literal ${ is written $${');
    if (missing.length > 0) {
      // A default for a credential would be a credential in the file.
      const otherwise = /^client/.test(String(path.at(-1))) ? () => '' : (name: string) => `, or write \${${name}:-default}`;
      for (const name of missing) this.spoil(path, `the environment variable ${showKey(name)} is not set: set it${otherwise(showKey(name))}`);
      return undefined;
    }
    return changed && text === '' && !path.includes('filters') ? undefined : text;
  }
}

/**
 * Parses one YAML file: data without tags, aliases or merge keys, `${NAME}` replaced inside scalars.
 *
 * Invariant: no problem quotes the file's values or its source lines, which may hold secrets.
 */
export const readYamlTree = (text: string, file: string, env: Environment): YamlTree => {
  const counter = new LineCounter();
  const reader = new TreeReader(file, env, counter);
  const give = (value: unknown): YamlTree => ({
    file,
    value,
    problems: reader.problems,
    where: (path) => reader.where(path),
    isSpoilt: (path) => reader.isSpoilt(path),
  });
  if (text.length > MAX_CHARACTERS) return give(reader.spoil([], `is larger than ${String(MAX_CHARACTERS)} characters: is it a configuration file?`));
  const document = parseDocument(text, { prettyErrors: false, lineCounter: counter, logLevel: 'error' });
  if (document.errors.length > 0) {
    reader.spoilt.add(id([]));
    const problems = new Map<string, Problem>();
    const lines = text.split('\n');
    for (const error of document.errors.slice(0, 20)) {
      const { line } = counter.linePos(error.pos[0]);
      const where = placeIn(file, [], line);
      const isVariable = VARIABLE_IN_BRACES.test(lines[line - 1] ?? '');
      const what = isVariable ? 'is not valid YAML here: inside { }, ${…} has to be in quotes' : explainYamlError(error.code);
      // One slip is told by the parser up to ten times.
      problems.set(`${where} ${what}`, { where, what });
    }
    reader.problems.push(...problems.values());
    return give(undefined);
  }
  return give(reader.read(document.contents, []) ?? {});
};
