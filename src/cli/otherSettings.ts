import { forcedBackfill } from '../model/backfillCommand.js';
import type { Job } from '../model/job.js';
import type { Manifest } from '../model/manifest.js';
import { dayOf, type Partition } from '../model/partition.js';
import { partitionReader } from '../plan/partitions.js';
import { requestHasher } from '../run/requestHash.js';
import { plural } from './figures.js';
import type { Committed } from './jobWork.js';
import { tablesOf } from './laneParts.js';

/** Tells whether what is committed of a partition was exported with the source, filters, tables, formats and participants that the job has now; other exports are replaced on purpose only. */
export const exportedAsNow = (job: Job): ((partition: Partition, manifest: Pick<Manifest, 'requestHash'>) => boolean) => {
  const hash = requestHasher(job, tablesOf(job));
  return (partition, manifest) => hash(partition) === manifest.requestHash;
};

/** What the reader should know of settled days that were exported with other settings; none: nothing. */
export const otherSettingsNotices = (job: Job, committed: Committed): readonly string[] => {
  const read = partitionReader(job);
  const isAsNow = exportedAsNow(job);
  const others = [...committed].filter(([path, manifest]) => {
    if (manifest.state !== 'settled') return false;
    const partition = read(path);
    return partition !== undefined && !isAsNow(partition, manifest);
  });
  const days = [...new Set(others.map(([path]) => dayOf(path)))].sort();
  const [first] = days;
  const last = days.at(-1);
  if (first === undefined || last === undefined) return [];
  const which = first === last ? `${first} was` : `${plural(days.length, 'day')} from ${first} to ${last} were`;
  return [
    `${which} exported with another source, filters, tables, formats or participants than the job has now, and ${first === last ? 'stays as it is' : 'stay as they are'}; open conversations there are not followed. To replace ${first === last ? 'it' : 'them'}, as far as the API still has ${first === last ? 'it' : 'them'}: ${forcedBackfill(job.name, first, last)}`,
  ];
};
