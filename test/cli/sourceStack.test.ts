import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transform } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { sourceStack } from '../../src/cli/sourceStack.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

describe('the stack of a bug', () => {
  it('names lines of the sources, where a map is beside the file', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'chunk-ABC.js');
    const { code, map } = await transform('// first line\nexport const fail = (): never => {\n  throw new TypeError("boom");\n};\n', { loader: 'ts', format: 'esm', sourcemap: true, sourcefile: '../../src/run/failing.ts' });
    await writeFile(path, code);
    await writeFile(`${path}.map`, map);
    const line = code.split('\n').findIndex((text) => text.includes('throw')) + 1;
    const stack = `TypeError: boom\n    at fail (${pathToFileURL(path).href}:${String(line)}:3)\n    at node:internal/process:1:2`;
    expect(sourceStack(stack)).toBe('TypeError: boom\n    at fail (src/run/failing.ts:3:3)\n    at node:internal/process:1:2');
  });

  it('is left as it is without maps', () => {
    const stack = 'Error: x\n    at run (file:///nowhere/chunk-ABC.js:12:34)\n    at node:internal/process:1:2';
    expect(sourceStack(stack)).toBe(stack);
  });
});
