import * as z from 'zod';
import { errnoCode } from '../model/errnoCode.js';
import type { FileOps } from '../model/files.js';
import type { ProcessTable } from './processTable.js';

const Holder = z.object({
  pid: z.int().positive(),
  host: z.string(),
  /** Null where the system has none. */
  bootId: z.string().nullable(),
  processStartTicks: z.number().nullable(),
  startedAt: z.string(),
  /** Part of file names, so nothing but these characters. */
  token: z.string().regex(/^[0-9a-zA-Z-]{1,64}$/),
});

/** Who holds a lock, as its file says. Shape: one JSON object. */
export type Holder = z.infer<typeof Holder>;

/** What was found where a lock may be. */
export type LockFile = { readonly kind: 'absent' } | { readonly kind: 'unreadable' } | { readonly kind: 'held'; readonly holder: Holder };

const decode = (text: string): LockFile => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: 'unreadable' };
    throw error;
  }
  const parsed = Holder.safeParse(value);
  return parsed.success ? { kind: 'held', holder: parsed.data } : { kind: 'unreadable' };
};

/** Reads a lock file. @throws the file system's errors other than ENOENT */
export const readLockFile = async (files: FileOps, path: string): Promise<LockFile> => {
  try {
    return decode(new TextDecoder().decode(await files.readFile(path)));
  } catch (error) {
    if (errnoCode(error) === 'ENOENT') return { kind: 'absent' };
    throw error;
  }
};

/**
 * Whether the holder's process has certainly ended: another boot of this host, no such process, or another process of the same id.
 *
 * Invariant: once true, true for ever. False for another host, whatever the age: what cannot be known is not guessed.
 */
export const isStale = (holder: Holder, here: { readonly hostname: string; readonly bootId: string | undefined }, processes: ProcessTable): boolean => {
  if (holder.host !== here.hostname) return false;
  if (holder.bootId !== null && here.bootId !== undefined && holder.bootId !== here.bootId) return true;
  if (!processes.isAlive(holder.pid)) return true;
  const startTicks = processes.startTicks(holder.pid);
  return holder.processStartTicks !== null && startTicks !== undefined && holder.processStartTicks !== startTicks;
};
