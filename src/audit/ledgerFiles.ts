import { parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { errnoCode } from '../model/errnoCode.js';
import type { Findings } from './findings.js';
import { absolute, namesIn, type Subject } from './subject.js';

const LOOKS = /^looks-\d{6,}\.parquet$/;

/** The ids of a file's looks; undefined where it cannot be read. */
const lookIds = async (subject: Subject, path: string): Promise<readonly string[] | undefined> => {
  try {
    const bytes = await subject.files.readFile(absolute(subject, path));
    const file = { byteLength: bytes.length, slice: (start: number, end = bytes.length): ArrayBuffer => bytes.slice(start, end).buffer };
    const metadata = await parquetMetadataAsync(file);
    const rows = await parquetReadObjects({ file, metadata, compressors });
    const ids = rows.flatMap(({ look_id: id }) => (typeof id === 'string' ? id : []));
    return ids.length === Number(metadata.num_rows) ? ids : undefined;
  } catch (error) {
    // What is no Parquet makes the reader throw plain errors; those of the file system have a code.
    if (!(error instanceof Error)) throw error;
    return errnoCode(error) === 'ENOENT' ? [] : undefined;
  }
};

/** Reports files of the ledger that cannot be read, looks that are in it twice, and what does not belong there. */
export const checkLedger = async (subject: Subject, findings: Findings): Promise<void> => {
  const seen = new Set<string>();
  for (const name of await namesIn(subject, '_ledger')) {
    const path = `_ledger/${name}`;
    if (name === 'totals.json' || name === 'followed.json') continue;
    if (!LOOKS.test(name)) {
      const what = name.endsWith('.damaged') ? 'a part of the ledger that could not be read, set aside' : 'it is no part of the ledger';
      findings.note('ledger', path, what, 'Delete it while no run of this job is under way: no export rests on it.');
      continue;
    }
    const ids = await lookIds(subject, path);
    if (ids === undefined) findings.error('ledger', path, 'it cannot be read: queries of the ledger stop at it', 'Restore it from a backup, or delete it: no export rests on it, and the next run begins another.');
    const twice = (ids ?? []).filter((id) => seen.size === seen.add(id).size);
    if (twice.length > 0) findings.error('ledger', path, `${String(twice.length)} of its looks are in the ledger twice`, 'Delete the file that is a copy.');
  }
};
