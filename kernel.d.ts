/** The module's text, as it belongs into src/source/page/tape/tapeKernelBinary.ts. @throws Error where the source does not compile */
export function compileKernel(): Promise<string>;
