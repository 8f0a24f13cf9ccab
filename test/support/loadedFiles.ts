import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const asModule = (source: string): string => `data:text/javascript,${encodeURIComponent(source)}`;

/** Node's arguments for a process that writes every file it loads, modules and CommonJS, to `list`, a line each. */
export const listingLoads = (list: string): readonly string[] => {
  const append = `appendFileSync(${JSON.stringify(list)}, `;
  const hooks = asModule(`import { appendFileSync } from 'node:fs'; export const load = (url, context, next) => { ${append}url + '\\n'); return next(url, context); };`);
  return ['--import', asModule(`
    import Module, { register } from 'node:module';
    import { appendFileSync } from 'node:fs';
    process.on('exit', () => { for (const path of Object.keys(Module._cache)) ${append}path + '\\n'); });
    register(${JSON.stringify(hooks)});
  `)];
};

const PACKAGE = /node_modules\/((?:@[^/]+\/)?[^/]+)/;
const isDefined = <T>(value: T | undefined): value is T => value !== undefined;

/** Sources that are in a bundled file, by its source map; of any other file, itself. */
const sourcesOf = (path: string): readonly string[] => (existsSync(`${path}.map`) ? (JSON.parse(readFileSync(`${path}.map`, 'utf8')) as { sources: string[] }).sources : [path]);

/** What a process loaded, or would. */
export interface Loads {
  readonly files: number;
  readonly bytes: number;
  /** Names of packages, those within bundled files included. */
  readonly packages: readonly string[];
  readonly sources: readonly string[];
}

const loadsOf = (paths: readonly string[]): Loads => {
  const sources = paths.flatMap(sourcesOf);
  return {
    files: paths.length,
    bytes: paths.reduce((sum, path) => sum + readFileSync(path).byteLength, 0),
    packages: [...new Set(sources.map((source) => PACKAGE.exec(source)?.[1]).filter(isDefined))].sort(),
    sources,
  };
};

/** Reads what `listingLoads` wrote; Node's own modules are left out. */
export const readLoads = (list: string): Loads => {
  const lines = readFileSync(list, 'utf8').split('\n').filter((line) => line.startsWith('/') || line.startsWith('file:'));
  return loadsOf([...new Set(lines.map((line) => (line.startsWith('file:') ? fileURLToPath(line) : line)))]);
};

/** What a bundled file imports before it runs, itself included. */
export const staticLoads = (entry: string): Loads => {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const [, specifier = ''] of readFileSync(path, 'utf8').matchAll(/^(?:import|export)\s*(?:[^'"]*?from\s*)?"([^"]+)";/gm)) {
      if (specifier.startsWith('.')) visit(join(dirname(path), specifier));
      else if (!specifier.startsWith('node:')) throw new Error(`${path} imports ${specifier} before it runs`);
    }
  };
  visit(entry);
  return loadsOf([...seen]);
};
