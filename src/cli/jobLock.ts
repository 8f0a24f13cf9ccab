import { acquireLock, lockHolder, type Lock, type LockClaim } from '../state/lock.js';
import { createProcessTable, readBootId } from '../state/processTable.js';
import type { JobStore } from './jobStore.js';
import type { World } from './world.js';

/** The lock's job, as a store has it. */
type Locked = Pick<JobStore, 'files' | 'folder'>;

const placeOf = ({ folder }: Locked, { hostname }: Pick<World, 'hostname'>): Pick<LockClaim, 'jobFolder' | 'hostname' | 'bootId'> => ({ jobFolder: folder, hostname, bootId: readBootId() });

/** Takes a job's lock for this process. @throws LockedError · StateError */
export const lockJob = (store: Locked, world: Pick<World, 'hostname' | 'pid' | 'clock' | 'newId'>): Promise<Lock> => {
  const processes = createProcessTable();
  return acquireLock(store.files, processes, { ...placeOf(store, world), pid: world.pid, processStart: processes.startTicks(world.pid), startedAtMs: world.clock.nowMs(), token: world.newId() });
};

/** What the reader of a status should know of a run that is under way. @throws StateError */
export const runNotices = async (store: Locked, world: Pick<World, 'hostname'>): Promise<readonly string[]> => {
  const holder = await lockHolder(store.files, createProcessTable(), placeOf(store, world));
  return holder === undefined ? [] : [`a run is under way (process ${String(holder.pid)} on ${holder.host}, since ${holder.startedAt}): what it has not committed yet is told as it was before`];
};
