/** Path of parquet-wasm's WebAssembly as it is shipped, made where it is not there yet. @throws Error where the tool fails */
export function inlinedParquetWasm(): Promise<string>;
