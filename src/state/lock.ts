import { createHash } from 'node:crypto';
import { errnoCode } from '../model/errnoCode.js';
import { LockedError, StateError } from '../model/errors.js';
import type { FileOps } from '../model/files.js';
import { NO_LINKS, WITHOUT_LINKS } from '../model/fileTrouble.js';
import { formatInstant } from '../model/instant.js';
import { isStale, readLockFile, type Holder } from './lockHolder.js';
import { orStateError } from './orStateError.js';
import type { ProcessTable } from './processTable.js';

/** Who wants a job's lock. */
export interface LockClaim {
  /** `<root>/<job>`; made where it is missing. */
  readonly jobFolder: string;
  readonly pid: number;
  readonly hostname: string;
  /** Undefined where the system has none. */
  readonly bootId: string | undefined;
  /** `ProcessTable.startTicks` of `pid`. */
  readonly processStart: number | undefined;
  readonly startedAtMs: number;
  /** Unique to this claim: letters, digits, `-`. */
  readonly token: string;
}

/** A lock that is held. */
export interface Lock {
  /** Gives it up; does nothing where it has been taken away meanwhile. @throws StateError */
  release(): Promise<void>;
}

/** Each round is a lost race against a run that took or gave up the lock; so many in a row mean that others want it more. */
const ROUNDS = 20;

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

/** Part of a claim's temporary name, for a claim that was killed before it had written who it was. Shape: host, boot, process id. */
const claimantOf = ({ hostname, bootId, pid }: LockClaim): string => `${shortHash(hostname)}-${shortHash(bootId ?? '')}-${String(pid)}`;

/** One claim, at work. */
class Attempt {
  readonly path: string;
  readonly #own: string;
  readonly #files: FileOps;
  readonly #processes: ProcessTable;
  readonly #claim: LockClaim;

  constructor(files: FileOps, processes: ProcessTable, claim: LockClaim) {
    this.#files = files;
    this.#processes = processes;
    this.#claim = claim;
    this.path = `${claim.jobFolder}/_lock`;
    this.#own = `${this.path}.tmp-${claimantOf(claim)}-${claim.token}`;
  }

  async take(): Promise<void> {
    await this.#files.makeFolder(this.#claim.jobFolder);
    await this.#writeOwn();
    try {
      for (let round = 0; round < ROUNDS; round++) {
        if (await this.#linked(this.path)) return;
        const dead = await this.#deadHolder(this.path);
        if (dead !== undefined && (await this.#succeed(dead))) return;
      }
      throw new LockedError(`${this.path}: other runs take and release the lock at this moment`, { remedy: 'Run the command again.' });
    } finally {
      await this.#unlinkIfThere(this.#own);
    }
  }

  /** Whole and durable before it gets a name that counts: no reader ever finds half a lock, not even after a power cut. */
  async #writeOwn(): Promise<void> {
    const { pid, hostname, bootId, processStart, startedAtMs, token } = this.#claim;
    const holder: Holder = {
      pid,
      host: hostname,
      bootId: bootId ?? null,
      processStartTicks: processStart ?? null,
      startedAt: formatInstant(startedAtMs),
      token,
    };
    const file = await this.#files.open(this.#own, 'create');
    try {
      await file.write(new TextEncoder().encode(`${JSON.stringify(holder)}\n`));
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async #linked(to: string): Promise<boolean> {
    try {
      await this.#files.link(this.#own, to);
      return true;
    } catch (error) {
      const code = errnoCode(error) ?? '';
      if (code === 'EEXIST') return false;
      if (!NO_LINKS.has(code)) throw error;
      throw new StateError(`${to}: the lock cannot be taken, ${WITHOUT_LINKS.what} (${code})`, { remedy: WITHOUT_LINKS.remedy, cause: error });
    }
  }

  /** The holder that a file names, if its process has ended; undefined where there is no file any more. @throws LockedError */
  async #deadHolder(path: string): Promise<Holder | undefined> {
    const found = await readLockFile(this.#files, path);
    if (found.kind === 'absent') return undefined;
    if (found.kind === 'unreadable') {
      throw new LockedError(`${path}: there is a lock, and it cannot be read`, { remedy: `If no run of this job is under way, delete ${path} and run again.` });
    }
    const { holder } = found;
    if (isStale(holder, this.#claim, this.#processes)) return holder;
    throw new LockedError(`${path}: process ${String(holder.pid)} on host ${holder.host} holds the lock since ${holder.startedAt}`, {
      remedy: `Wait until it ends. If that process no longer runs on ${holder.host}, delete ${path} and run again.`,
    });
  }

  /**
   * Replaces the lock of an ended process; false where another run was faster.
   *
   * Why two racers cannot both win: whoever may replace the lock with token T is decided by creating `_lock.after-T`, which only one can. An heir that
   * died too is succeeded in the same way. The heir looks again before it renames: a lock that is still T's cannot change under it, as only its one heir
   * may change it.
   */
  async #succeed(dead: Holder): Promise<boolean> {
    const endedHeirs: string[] = [];
    let guard = `${this.path}.after-${dead.token}`;
    while (!(await this.#linked(guard))) {
      const heir = await this.#deadHolder(guard);
      if (heir === undefined) return false;
      endedHeirs.push(guard);
      guard = `${this.path}.after-${heir.token}`;
    }
    try {
      const current = await readLockFile(this.#files, this.path);
      if (current.kind !== 'held' || current.holder.token !== dead.token) return false;
      await this.#files.rename(this.#own, this.path);
    } finally {
      await this.#unlinkIfThere(guard);
    }
    for (const ended of endedHeirs) await this.#unlinkIfThere(ended);
    return true;
  }

  /** Removes what ended processes left beside the lock. */
  async sweep(): Promise<void> {
    for (const name of await this.#files.list(this.#claim.jobFolder)) {
      if (!name.startsWith('_lock.')) continue;
      const path = `${this.#claim.jobFolder}/${name}`;
      const found = await readLockFile(this.#files, path);
      const isLeft = found.kind === 'held' ? isStale(found.holder, this.#claim, this.#processes) : found.kind === 'unreadable' && this.#wasCutShort(name);
      if (isLeft) await this.#unlinkIfThere(path);
    }
  }

  /** Whether a claim that cannot be read is of an ended process of this host: killed while it wrote who it was. */
  #wasCutShort(name: string): boolean {
    const [host, boot] = claimantOf(this.#claim).split('-');
    const [, itsHost, itsBoot, pid] = /\.tmp-([0-9a-f]{12})-([0-9a-f]{12})-(\d+)-/.exec(name) ?? [];
    return itsHost === host && (itsBoot !== boot || !this.#processes.isAlive(Number(pid)));
  }

  /** After an error on the way: whatever a call reported, what it did may count. The error is what has to be told, not that this fails too. */
  async giveUp(): Promise<void> {
    try {
      await this.release();
    } catch (second) {
      if (errnoCode(second) === undefined) throw second;
    }
  }

  async release(): Promise<void> {
    const found = await readLockFile(this.#files, this.path);
    if (found.kind === 'held' && found.holder.token === this.#claim.token) await this.#unlinkIfThere(this.path);
  }

  async #unlinkIfThere(path: string): Promise<void> {
    try {
      await this.#files.unlink(path);
    } catch (error) {
      if (errnoCode(error) !== 'ENOENT') throw error;
    }
  }
}

const orLockError = <T>(path: string, doing: string, work: () => Promise<T>): Promise<T> =>
  orStateError(path, doing, work, 'the lock');

/**
 * Takes a job's lock, at once or not at all.
 *
 * It saves work and is never needed for safety (RELIABILITY section 3): a process of the same id and start in another container of the same name counts as
 * the same process. The lock of an ended process on this host is replaced; that of another host never is.
 * @throws LockedError with the holder and how to remove the lock by hand · StateError
 */
export const acquireLock = async (files: FileOps, processes: ProcessTable, claim: LockClaim): Promise<Lock> => {
  const attempt = new Attempt(files, processes, claim);
  await orLockError(attempt.path, 'taken', async () => {
    try {
      await attempt.take();
      await attempt.sweep();
    } catch (error) {
      await attempt.giveUp();
      throw error;
    }
  });
  return { release: () => orLockError(attempt.path, 'released', () => attempt.release()) };
};

/**
 * Who holds a job's lock now; undefined where nobody does, or where its process has certainly ended.
 *
 * @throws StateError
 */
export const lockHolder = async (files: FileOps, processes: ProcessTable, here: Pick<LockClaim, 'jobFolder' | 'hostname' | 'bootId'>): Promise<Holder | undefined> => {
  const path = `${here.jobFolder}/_lock`;
  return orLockError(path, 'read', async () => {
    const found = await readLockFile(files, path);
    return found.kind === 'held' && !isStale(found.holder, here, processes) ? found.holder : undefined;
  });
};
