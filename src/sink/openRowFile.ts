import { SinkError } from '../model/errors.js';
import type { FileOps } from '../model/files.js';
import type { OpenRowFile, RowFile, RowFileSpec } from '../model/rowFile.js';
import { createAtomicFile, type AtomicFile } from './atomicFile.js';
import { attemptTemporaryPrefix, TEMPORARY } from './temporaryName.js';

type Wrap = (file: AtomicFile) => RowFile;

/** Engines are loaded when one is first needed: WASM and Arrow cost a tenth of a second to start. */
const engineOf = async ({ table, format, options }: RowFileSpec): Promise<Wrap> => {
  if (format === 'csv') {
    const { CsvFile } = await import('./csv/csvFile.js');
    return (file) => new CsvFile(file, table, options.csv.escapeFormulas);
  }
  const { engine, compression } = options.parquet;
  if (engine === 'arrow') {
    const { ArrowParquetFile } = await import('./arrowParquetFile.js');
    return (file) => new ArrowParquetFile(file, table, compression);
  }
  if (compression === 'zstd') {
    throw new SinkError(`${table.name}: parquetjs-lite has no zstd`, { remedy: 'Set parquet.compression to snappy, gzip or none, or parquet.engine to arrow.' });
  }
  const { ParquetjsFile } = await import('./parquetjsFile.js');
  return (file) => new ParquetjsFile(file, table, compression);
};

/**
 * Opens data files of the format and engine that a job asks for.
 *
 * @param newId makes temporary names unique among runs and threads.
 */
export const createOpenRowFile =
  (files: FileOps, newId: () => string): OpenRowFile =>
  async (spec) => {
    const wrap = await engineOf(spec);
    return wrap(await createAtomicFile(files, spec.folder, `${attemptTemporaryPrefix(spec.attemptId).slice(TEMPORARY.length)}${newId()}`));
  };
