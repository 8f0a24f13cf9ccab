import { readFile, writeFile } from 'node:fs/promises';
import asc from 'assemblyscript/asc';

/*
 * Makes src/source/page/tape/tapeKernelBinary.ts from the AssemblyScript in src/source/page/tape/kernel: `npm run kernel`. What it makes is kept with the sources, as the
 * program needs no compiler then; a test makes it again and compares.
 */

const SOURCE = 'src/source/page/tape/kernel/tapeKernel.as.ts';
const TARGET = 'src/source/page/tape/tapeKernelBinary.ts';

/** The module's text, as it belongs into TARGET. */
export const compileKernel = async () => {
  let binary;
  const { error, stderr } = await asc.main([SOURCE, '-O3', '--debug', '--runtime', 'stub', '--noAssert', '--enable', 'simd', '--use', 'abort=', '--outFile', 'kernel.wasm'], {
    writeFile: (_, contents) => {
      binary = contents;
    },
    readFile: async (name) => {
      try {
        return await readFile(name, 'utf8');
      } catch (cause) {
        // The compiler tries names until one is there.
        if (cause.code === 'ENOENT') return null;
        throw cause;
      }
    },
    listFiles: () => [],
  });
  if (error !== null) throw new Error(`${error.message}\n${stderr.toString()}`);
  return `/** kernel/tapeKernel.as.ts compiled to WebAssembly, in base64. Made by \`npm run kernel\`; do not edit. */\nexport const TAPE_KERNEL =\n  '${Buffer.from(binary).toString('base64')}';\n`;
};

if (process.argv[1] === import.meta.filename) await writeFile(TARGET, await compileKernel());
