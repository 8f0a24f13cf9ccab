import * as z from 'zod';
import { EXIT, StateError } from '../model/errors.js';
import type { FileOps } from '../model/files.js';
import { isPartitionPath } from '../model/partition.js';
import { orStateError } from './orStateError.js';
import { replaceFile } from './replaceFile.js';

const FailureShape = z.object({
  /** `dt=2026-01-05` or `dt=2026-01-05/hr=13`. */
  partition: z.string(),
  /** ISO-8601, UTC. */
  at: z.string(),
  /** The error's name: `HttpError`, `DecodeError`, … */
  error: z.string(),
  message: z.string(),
  remedy: z.string().nullable(),
  exitCode: z.literal(Object.values(EXIT)),
  /** Failures in a row, this one included. */
  attempts: z.int().positive(),
  /** One of them was of an export that was to replace what is committed, on purpose. */
  forced: z.boolean().optional(),
});

/** The last failure of a partition. Shape on disk: one JSON object in `_failures/<partition>.json`. Never holds a value, token or query string. */
export type Failure = z.infer<typeof FailureShape>;

/** A failure as it is found: a record that is damaged says only that there is one. */
export type FoundFailure =
  | { readonly kind: 'failure'; readonly partition: string; readonly failure: Failure }
  | { readonly kind: 'unreadable'; readonly partition: string; readonly path: string };

/** The last failures of a job's partitions: for people and `status`, never a reason to run or not to run. */
export interface Failures {
  /** Remembers a failure in place of the partition's earlier one, counting on from it. @throws StateError where it cannot be written */
  record(failure: Omit<Failure, 'attempts'>): Promise<Failure>;
  /** Forgets: the partition is exported. @throws StateError */
  clear(partition: string): Promise<void>;
  /** All of them, in the partitions' order. @throws StateError */
  list(): Promise<readonly FoundFailure[]>;
}

const SUFFIX = '.json';

const decode = (text: string, partition: string): Failure | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const parsed = FailureShape.safeParse(value);
  return parsed.success && parsed.data.partition === partition ? parsed.data : undefined;
};

/** The failure records under `_failures` of a job's folder. */
export const createFailures = (files: FileOps, jobFolder: string): Failures => {
  const root = `${jobFolder}/_failures`;

  const pathOf = (partition: string): string => {
    if (!isPartitionPath(partition)) throw new StateError(`${root}: ${JSON.stringify(partition)} is not a partition`);
    return `${root}/${partition}${SUFFIX}`;
  };

  const read = async (partition: string): Promise<FoundFailure | undefined> => {
    const path = pathOf(partition);
    if ((await files.look(path)) === undefined) return undefined;
    const failure = decode(new TextDecoder().decode(await files.readFile(path)), partition);
    return failure === undefined ? { kind: 'unreadable', partition, path } : { kind: 'failure', partition, failure };
  };

  const partitionsIn = async (below: string): Promise<string[]> => {
    const found: string[] = [];
    for (const name of await files.list(`${root}${below}`)) {
      const isRecord = name.endsWith(SUFFIX);
      const partition = `${below}/${isRecord ? name.slice(0, -SUFFIX.length) : name}`.slice(1);
      if (!isPartitionPath(partition)) continue;
      if (isRecord) found.push(partition);
      else if (below === '') found.push(...(await partitionsIn(`/${name}`)));
    }
    return found;
  };

  return {
    record: (failure) =>
      orStateError(pathOf(failure.partition), 'written', async () => {
        const before = await read(failure.partition);
        const earlier = before?.kind === 'failure' ? before.failure : undefined;
        const next: Failure = { ...failure, attempts: (earlier?.attempts ?? 0) + 1, ...(earlier?.forced === true ? { forced: true } : {}) };
        const path = pathOf(failure.partition);
        const cut = path.lastIndexOf('/');
        await files.makeFolder(path.slice(0, cut));
        await replaceFile(files, path.slice(0, cut), path.slice(cut + 1), new TextEncoder().encode(`${JSON.stringify(next)}\n`));
        return next;
      }),
    clear: (partition) =>
      orStateError(pathOf(partition), 'removed', async () => {
        const path = pathOf(partition);
        if ((await files.look(path)) !== undefined) await files.unlink(path);
      }),
    list: () =>
      orStateError(root, 'read', async () => {
        const found: FoundFailure[] = [];
        for (const partition of (await partitionsIn('')).sort()) {
          const failure = await read(partition);
          if (failure !== undefined) found.push(failure);
        }
        return found;
      }),
  };
};
