import { readFile, writeFile } from 'node:fs/promises';
import asc from 'assemblyscript/asc';

/*
 * Compiles the AssemblyScript in src to WebAssembly: `npm run kernel`. What it makes is kept with the sources, as the program needs no compiler then; a test makes it
 * again and compares.
 */

/** Each kernel: what is compiled, into which module, under which name. */
export const KERNELS = [
  { source: 'src/source/page/tape/kernel/tapeKernel.as.ts', target: 'src/source/page/tape/tapeKernelBinary.ts', name: 'TAPE_KERNEL' },
  { source: 'src/sink/csv/kernel/csvKernel.as.ts', target: 'src/sink/csv/csvKernelBinary.ts', name: 'CSV_KERNEL' },
];

/** The module's text, as it belongs into the kernel's target. */
export const compileKernel = async ({ source, name }) => {
  let binary;
  const { error, stderr } = await asc.main([source, '-O3', '--debug', '--runtime', 'stub', '--noAssert', '--enable', 'simd', '--use', 'abort=', '--outFile', 'kernel.wasm'], {
    writeFile: (_, contents) => {
      binary = contents;
    },
    readFile: async (path) => {
      try {
        return await readFile(path, 'utf8');
      } catch (cause) {
        // The compiler tries names until one is there.
        if (cause.code === 'ENOENT') return null;
        throw cause;
      }
    },
    listFiles: () => [],
  });
  if (error !== null) throw new Error(`${error.message}\n${stderr.toString()}`);
  const file = source.split('/').slice(-2).join('/');
  return `/** ${file} compiled to WebAssembly, in base64. Made by \`npm run kernel\`; do not edit. */\nexport const ${name} =\n  '${Buffer.from(binary).toString('base64')}';\n`;
};

if (process.argv[1] === import.meta.filename) for (const kernel of KERNELS) await writeFile(kernel.target, await compileKernel(kernel));
