/** As much of WebAssembly's JavaScript interface as is used here: the types of Node 20 lack it, and those of browsers would bring all of them. */
declare namespace WebAssembly {
  /** Compiled, not instantiated. */
  type Module = object;
  const Module: new (bytes: Uint8Array) => Module;
  interface Instance {
    readonly exports: object;
  }
  const Instance: new (module: Module) => Instance;
  interface Memory {
    readonly buffer: ArrayBuffer;
    /** By so many pages of 64 KiB; a buffer taken before is of no use afterwards. @throws RangeError where there is no more */
    grow(pages: number): number;
  }
}
