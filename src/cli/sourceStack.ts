import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';

const PLACE = /(file:\/\/[^\s()]+\.js):(\d+):(\d+)/g;

const mapOf = (url: string): SourceMap | undefined => {
  try {
    return new SourceMap(JSON.parse(readFileSync(fileURLToPath(`${url}.map`), 'utf8')) as SourceMapPayload);
  } catch {
    // Without its map, or with a map that cannot be read, the place in the bundled file is what there is to tell.
    return undefined;
  }
};

/**
 * A stack whose places in bundled files are told as places in the sources: `src/run/exportJob.ts:12:3`.
 *
 * Why not Node's own source maps: they are read whenever a module is loaded, and cost every start; this costs the report of a bug.
 */
export const sourceStack = (stack: string): string => {
  const maps = new Map<string, SourceMap | undefined>();
  return stack.replaceAll(PLACE, (place, url: string, line: string, column: string) => {
    if (!maps.has(url)) maps.set(url, mapOf(url));
    const found = maps.get(url)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (found === undefined || !('originalSource' in found)) return place;
    return `${found.originalSource.replace(/^(?:\.\.\/)+/, '')}:${String(found.originalLine + 1)}:${String(found.originalColumn + 1)}`;
  });
};

/** The stack of whatever was thrown, as a log has it: its frames on one line. */
export const stackOf = (error: unknown): string =>
  error instanceof Error ? sourceStack(error.stack ?? `${error.name}: ${error.message}`).split('\n').map((frame) => frame.trim()).join(' | ') : `thrown: ${typeof error}`;
