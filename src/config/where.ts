/** A place in a YAML file: keys and list positions from the root. */
export type YamlPath = readonly PropertyKey[];

/** The key by which YAML 1.1 merges mappings. */
export const MERGE_KEY = '<<';

/** A key as a message may show it: what does not look like a key is cut (a secret may have been written in a key's place). */
export const showKey = (key: string): string => {
  if (key === MERGE_KEY) return key;
  const start = /^[A-Za-z0-9_.-]{0,40}/.exec(key)?.[0] ?? '';
  return start === key && key !== '' ? key : `${start.slice(0, 16)}…`;
};

/** A path as people write it: `source.filters`, `tables[1]`; empty for the root. */
export const showPath = (path: YamlPath): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${String(key)}]`;
    const shown = showKey(String(key));
    return text === '' ? shown : `${text}.${shown}`;
  }, '');

/** The `where` of a problem: `config.yaml: http.timeout (line 12)`; without a path or a line, what is known. */
export const placeIn = (file: string, path: YamlPath, line: number | undefined): string => {
  const shown = showPath(path);
  return `${file}${shown === '' ? '' : `: ${shown}`}${line === undefined ? '' : ` (line ${String(line)})`}`;
};
