import type { OpenFile } from '../../model/files.js';
import { withCsvKernel } from './csvKernel.js';

const READ_BYTES = 1024 * 1024;

/** Records of a CSV file, its header included; NaN where a quote is left open. */
export const countCsvRecords = (file: OpenFile, bytes: number): Promise<number> =>
  withCsvKernel(async (kernel) => {
    const memory = new ArrayBuffer(READ_BYTES);
    kernel.beginCount();
    for (let at = 0; at < bytes; ) {
      const chunk = await file.read(at, Math.min(READ_BYTES, bytes - at), memory);
      if (chunk.length === 0) break;
      at += chunk.length;
      kernel.count(chunk);
    }
    return kernel.countedRecords();
  });
