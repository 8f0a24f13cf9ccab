import { BatchBuilder } from '../model/columns/batchBuilder.js';
import { LEDGER_COLUMNS, type EncodeLooks } from '../model/look.js';
import { rowOfLook } from './rowOfLook.js';

const LEDGER = { name: 'ledger', columns: LEDGER_COLUMNS };

/** Looks as the bytes of a file of the ledger: Parquet, one row group, snappy, columns `LEDGER_COLUMNS`. @throws SinkError */
export const encodeLooks: EncodeLooks = async (looks) => {
  // Loaded here: WASM and Arrow cost a tenth of a second, and where lanes run, one of them has them.
  const { ParquetRowGroups } = await import('./parquetRowGroups.js');
  const batch = new BatchBuilder(LEDGER);
  for (const look of looks) batch.append(rowOfLook(look));
  const groups = new ParquetRowGroups(LEDGER, 'snappy');
  const pages = groups.add(batch.finish());
  // Alone in their buffer, so that a thread can hand them over.
  return Uint8Array.from(Buffer.concat([pages, ...groups.finish()]));
};
