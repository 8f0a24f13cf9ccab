import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { COMMANDS } from '../src/cli/commands/commands.js';
import { COMMON_OPTIONS } from '../src/cli/parseCommandLine.js';
import { parseJob } from '../src/config/job.js';
import { EXIT } from '../src/model/errors.js';
import { parseFaults } from '../src/simulate/faultFile.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const jsonOf = (path: string): Record<string, unknown> => JSON.parse(textOf(path)) as Record<string, unknown>;

const PAGES = ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md', 'docs/configuration.md', 'docs/tables.md'];
const README = textOf('README.md');
const VISIBLE = COMMANDS.filter((command) => command.summary !== false);

/** The text below a heading, up to the next one of its level or above. */
const sectionOf = (page: string, heading: string): string => {
  const level = /^#+/.exec(heading)?.[0].length ?? 0;
  let isFenced = false;
  const lines = page.split('\n');
  // A comment in a shell or YAML block begins like a heading.
  const isHeading = lines.map((line) => {
    if (line.startsWith('```')) isFenced = !isFenced;
    return !isFenced;
  });
  const start = lines.findIndex((line) => line === heading || line.startsWith(`${heading} `) || line.startsWith(`${heading}\``));
  if (start < 0) return '';
  const end = lines.findIndex((line, at) => at > start && isHeading[at] === true && new RegExp(`^#{1,${String(level)}} `).test(line));
  return lines.slice(start + 1, end < 0 ? undefined : end).join('\n');
};

/** Blocks between fences, without them. A language that is not wanted is left out. */
const fenced = (page: string, ...languages: string[]): string[] =>
  [...page.matchAll(/^```(\w*)\n(.*?)^```$/gms)].filter(([, language]) => languages.includes(language ?? '')).map(([, , text]) => text ?? '');

const withoutFences = (page: string): string => page.replaceAll(/^```.*?^```$/gms, '');

/** Source: how GitHub makes the anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading.toLowerCase().replaceAll(/<[^>]*>|&lt;|&gt;|&amp;/g, (found) => (found.startsWith('<') && /^<\w+>$/.test(found) ? found.slice(1, -1) : '')).replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-');

const anchorsOf = (page: string): Set<string> => new Set([...withoutFences(page).matchAll(/^#{1,6} (.*)$/gm)].map(([, heading]) => anchorOf(heading ?? '')));

const linksOf = (page: string): string[] => [...withoutFences(page).matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? '');

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
}

/** Paths of the keys that hold values: groups are named by their members. */
const leavesOf = (node: SchemaNode, path = ''): string[] =>
  Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const at = path === '' ? key : `${path}.${key}`;
    return child.properties === undefined || at === 'source.filters' ? [at] : leavesOf(child, at);
  });

describe('README.md', () => {
  it.each(VISIBLE)('describes gcx $name with each of its options', ({ name, options }) => {
    const section = sectionOf(README, `### \`gcx ${name}`);
    expect(section).not.toBe('');
    expect(Object.keys(options).filter((option) => !new RegExp(`--${option}\\b`).test(section))).toEqual([]);
  });

  it('names no option that its command does not have', () => {
    const unknown = VISIBLE.flatMap(({ name, options }) =>
      [...sectionOf(README, `### \`gcx ${name}`).matchAll(/^\| (`--.*?) \|/gm)]
        .flatMap(([, cell]) => [...(cell ?? '').matchAll(/--([a-z-]+)/g)].map(([, option]) => option ?? ''))
        .filter((option) => !(option in options))
        .map((option) => `${name} --${option}`),
    );
    expect(unknown).toEqual([]);
  });

  it('describes the options of every command', () => {
    const section = sectionOf(README, '## Commands').split('\n### ')[0] ?? '';
    expect([...Object.keys(COMMON_OPTIONS), 'help', 'version'].filter((option) => !section.includes(`\`--${option}`))).toEqual([]);
  });

  it('shows only commands and options that there are', () => {
    const inline = [...withoutFences(README).matchAll(/`([^`\n]+)`/g)].map(([, code]) => code ?? '');
    const shown = [...fenced(README, 'sh', 'text', 'cron', 'ini'), ...inline].flatMap((code) => [...code.matchAll(/\b(?:gcx|dist\/main\.js) ([a-z]+)((?: [^\s`#|()]+)*)/g)]);
    expect(shown.length).toBeGreaterThan(40);
    const wrong = shown.filter(([, name, rest]) => {
      const command = VISIBLE.find((one) => one.name === name);
      const known = { ...COMMON_OPTIONS, ...command?.options };
      return command === undefined || [...(rest ?? '').matchAll(/--([a-z-]+)/g)].some(([, option]) => !((option ?? '') in known));
    });
    expect(wrong.map(([usage]) => usage)).toEqual([]);
  });

  it('names only npm scripts that there are', () => {
    const scripts = Object.keys(jsonOf('package.json')['scripts'] as Record<string, string>);
    const named = [...`${README}${textOf('ARCHITECTURE.md')}`.matchAll(/npm run ([a-z:]+)/g)].map(([, script]) => script ?? '');
    expect(named.filter((script) => !scripts.includes(script))).toEqual([]);
    expect(README).toContain('npm ci && npm run demo');
    expect(README).toContain('npm ci && npm test');
  });

  it.each(['schema/config.schema.json', 'schema/job.schema.json'])('names every key of %s', (path) => {
    const keys = leavesOf(jsonOf(path));
    expect(keys.length).toBeGreaterThan(10);
    const rows = sectionOf(README, '## Configuration');
    expect(keys.filter((key) => !rows.includes(`| \`${key}\` |`))).toEqual([]);
  });

  it('names no key that neither schema has', () => {
    const keys = ['schema/config.schema.json', 'schema/job.schema.json'].flatMap((path) => leavesOf(jsonOf(path)));
    const rows = [...sectionOf(README, '## Configuration').matchAll(/^\| `([\w.]+)` \|/gm)].map(([, key]) => key ?? '');
    expect(rows.filter((key) => !keys.includes(key))).toEqual([]);
  });

  it('names every exit code', () => {
    const codes = [...sectionOf(README, '## Exit codes').matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(codes).toEqual(Object.values(EXIT));
  });

  it('explains at least 25 messages, each in the words of the program', () => {
    const source = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => textOf(join('src', path)).replaceAll("\\'", "'"))
      .join('\n');
    const cells = [...sectionOf(README, '## Troubleshooting').matchAll(/^\| (`.+?`) \| /gm)].map(([, cell]) => cell ?? '');
    const messages = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, message]) => message ?? ''));
    expect(messages.length).toBeGreaterThanOrEqual(25);
    const pieces = (message: string): string[] => message.split(/…|` · `| \(E[A-Z]+\)/).map((piece) => piece.trim()).filter((piece) => piece !== '');
    // `it cannot be ${doing}` and `expected ${what}` are put together.
    const isSaid = (piece: string): boolean => source.includes(piece) || source.includes(piece.replace(/^expected /, '')) || (piece === 'it cannot be written' && source.includes("'written'"));
    expect(messages.flatMap(pieces).filter((piece) => !isSaid(piece))).toEqual([]);
  });

  it('shows a job and a fault file that can be used', () => {
    const [job = '', faults = ''] = fenced(README, 'yaml');
    const reading = parseJob({ text: job, file: 'jobs/attributes.yaml', name: 'attributes', env: {} });
    expect('problems' in reading ? reading.problems : []).toEqual([]);
    expect(parseFaults(faults)).toHaveLength(3);
    const kinds = [...textOf('src/simulate/faultFile.ts').matchAll(/kind: z\.literal\('(\w+)'\)/g)].map(([, kind]) => kind ?? '');
    const section = sectionOf(README, '## The simulator');
    expect(kinds.filter((kind) => !section.includes(`\`${kind}\``))).toEqual([]);
    for (const key of ['method', 'path', 'nth', 'every', 'probability']) expect(section).toContain(`\`${key}\``);
  });
});

describe('every page', () => {
  it.each(PAGES)('%s links to files and headings that there are', (path) => {
    const broken = linksOf(textOf(path)).filter((target) => {
      if (target.startsWith('https://')) return false;
      const [file = '', anchor] = target.split('#');
      const at = file === '' ? path : join(dirname(path), file);
      return !existsSync(join(ROOT, at)) || (anchor !== undefined && !anchorsOf(textOf(at)).has(anchor));
    });
    expect(broken).toEqual([]);
  });

  it.each(PAGES)('%s links to no file:// and no absolute path', (path) => {
    const text = textOf(path);
    expect(text).not.toContain('file://');
    expect(linksOf(text).filter((target) => target.startsWith('/') || /^(?!https:)[a-z]+:/i.test(target))).toEqual([]);
  });
});

describe('ARCHITECTURE.md', () => {
  it('names every folder of src, and only files that there are', () => {
    const page = textOf('ARCHITECTURE.md');
    const folders = new Set(readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).flatMap((path) => /^(\w+)\/.*\.ts$/.exec(path)?.[1] ?? []));
    expect([...folders].filter((name) => !page.includes(`\`${name}\``) && !page.includes(`*${name}*`))).toEqual([]);
    const named = [...page.matchAll(/`((?:src\/|test\/)?[\w/]+\.(?:test\.)?ts)`/g)].map(([, file]) => file ?? '');
    expect(named.length).toBeGreaterThan(15);
    const places = (file: string): string[] => [file, join('src', file), join('src/cli', file), join('src/cli/commands', file)];
    expect(named.filter((file) => !places(file).some((place) => existsSync(join(ROOT, place))))).toEqual([]);
  });
});

describe('CHANGELOG.md', () => {
  it('has the version of the package, and every command', () => {
    const page = textOf('CHANGELOG.md');
    expect(page).toContain(`## [${String(jsonOf('package.json')['version'])}]`);
    expect(VISIBLE.map(({ name }) => name).filter((name) => !page.includes(`\`gcx ${name}\``))).toEqual([]);
  });
});

describe('shipped files', () => {
  it('name only schemas that are beside them', () => {
    for (const path of ['config.yaml', ...readdirSync(join(ROOT, 'jobs')).map((name) => join('jobs', name))]) {
      const schema = /\$schema=(\S+)/.exec(textOf(path))?.[1] ?? '';
      expect(existsSync(join(ROOT, dirname(path), schema))).toBe(true);
      expect(parse(textOf(path))).toBeTypeOf('object');
    }
  });
});
