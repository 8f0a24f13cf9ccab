import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

/** What each folder may import besides itself and packages (HOUSE section 2; `audit` proves what `sink` wrote and shares nothing with it). */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  model: [],
  config: ['model'],
  plan: ['model'],
  source: ['model'],
  extract: ['model'],
  sink: ['model'],
  state: ['model'],
  attributes: ['model'],
  audit: ['model'],
  simulate: ['model'],
  run: ['plan', 'model'],
  schedule: ['run', 'plan', 'model'],
  cli: ['model', 'config', 'plan', 'source', 'extract', 'sink', 'state', 'attributes', 'audit', 'simulate', 'run', 'schedule'],
  'main.ts': ['cli'],
};

/** The imitation must not share the exporter's reading of the API. */
const SIMULATE_MAY_USE_OF_MODEL = ['errors', 'instant', 'window', 'ports', 'secret'];

interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
  readonly tree: ts.SourceFile;
}

const read = (path: string): SourceFile => {
  const text = readFileSync(join(SRC, path), 'utf8');
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const imports: string[] = [];
  const visit = (node: ts.Node): void => {
    const specifier =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
          ? node.arguments[0]
          : undefined;
    if (specifier !== undefined && ts.isStringLiteral(specifier) && specifier.text.startsWith('.')) {
      imports.push(normalize(join(dirname(path), specifier.text)).replace(/\.js$/, '.ts').replace(/\.as$/, '.as.ts'));
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { path, text, imports, tree };
};

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
  .map((path) => read(relative(SRC, join(SRC, path))));
const folderOf = (path: string): string => path.split('/')[0]!;

const isExported = (statement: ts.Statement): boolean =>
  ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword) === true;

const hasDoc = (statement: ts.Statement): boolean => ts.getJSDocCommentsAndTags(statement).length > 0;

describe('the architecture', () => {
  it('has files in every folder that it names, and in no other', () => {
    const found = new Set(files.map((file) => folderOf(file.path)));
    expect([...found].filter((folder) => !(folder in ALLOWED))).toEqual([]);
    for (const folder of ['model', 'config', 'plan', 'source', 'extract', 'sink', 'state', 'audit', 'simulate', 'run', 'schedule', 'cli', 'main.ts']) expect(found).toContain(folder);
  });

  it('lets no folder import another than the table allows', () => {
    const crossings = files.flatMap((file) =>
      file.imports
        .filter((target) => folderOf(target) !== folderOf(file.path) && !ALLOWED[folderOf(file.path)]!.includes(folderOf(target)))
        .map((target) => `${file.path} imports ${target}`),
    );
    expect(crossings).toEqual([]);
  });

  it('keeps the imitation from sharing the exporter’s reading of the API', () => {
    const shared = files
      .filter((file) => folderOf(file.path) === 'simulate')
      .flatMap((file) => file.imports.filter((target) => folderOf(target) === 'model' && !SIMULATE_MAY_USE_OF_MODEL.includes(target.replace(/^model\/|\.ts$/g, ''))).map((target) => `${file.path} imports ${target}`));
    expect(shared).toEqual([]);
  });

  it('imports only files that are there', () => {
    const known = new Set(files.map((file) => file.path));
    expect(files.flatMap((file) => file.imports.filter((target) => target.endsWith('.ts') && !known.has(target)).map((target) => `${file.path} imports ${target}`))).toEqual([]);
  });

  it('has no import cycle', () => {
    const edges = new Map(files.map((file) => [file.path, file.imports]));
    const done = new Set<string>();
    const cycles: string[] = [];
    const walk = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      if (done.has(path) || trail.includes(path)) return;
      for (const next of edges.get(path) ?? []) walk(next, [...trail, path]);
      done.add(path);
    };
    for (const path of edges.keys()) walk(path, []);
    expect(cycles).toEqual([]);
  });

  it('documents every export', () => {
    const bare = files.flatMap((file) =>
      file.tree.statements
        .filter((statement) => isExported(statement) && !ts.isExportDeclaration(statement) && !hasDoc(statement))
        .map((statement) => `${file.path}:${String(file.tree.getLineAndCharacterOfPosition(statement.getStart()).line + 1)}`),
    );
    expect(bare).toEqual([]);
  });

  it('keeps files small and names telling', () => {
    const lengths = files.map((file) => file.text.split('\n').length).sort((a, b) => a - b);
    expect(lengths.at(-1)).toBeLessThanOrEqual(400);
    expect(lengths[Math.floor(lengths.length * 0.9)]).toBeLessThanOrEqual(250);
    expect(files.filter((file) => /(^|\/)(utils?|helpers?|common|misc|types|index)\.ts$/.test(file.path)).map((file) => file.path)).toEqual([]);
  });

  it('leaves nothing to do later, and nothing unchecked', () => {
    const usesAny = (node: ts.Node): boolean => node.kind === ts.SyntaxKind.AnyKeyword || ts.forEachChild(node, usesAny) === true;
    expect(files.filter((file) => /\b(TODO|FIXME|XXX)\b|@ts-(ignore|nocheck)/.test(file.text) || usesAny(file.tree)).map((file) => file.path)).toEqual([]);
  });
});
