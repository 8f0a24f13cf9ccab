/*
 * AssemblyScript, compiled to WebAssembly by `npm run kernel` (../csvKernelBinary.ts): makes CSV text of columns (rows.as.ts), and counts the records of CSV text (records.as.ts).
 *
 * Its memory is laid out by ../csvKernel.ts.
 */

export { beginCount, count, countedRecords } from './records.as';
export { endOfText, putRows } from './rows.as';
export { escapeFormulas } from './text.as';

/** Memory is the caller's from here on. */
export function firstFreePlace(): usize {
  return __heap_base;
}
