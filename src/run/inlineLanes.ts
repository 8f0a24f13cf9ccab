import type { Lanes } from './lanes.js';
import type { LaneWork } from './laneWork.js';

/** Does the work on this thread: for one page, and for tests. */
export const inlineLanes = (work: LaneWork): Lanes => ({
  prepare: () => {
    // Always ready.
  },
  decodePage: (body, kind, label) => work.decodePage(body, kind, label, undefined),
  writeTable: async (job, signal) => {
    signal.throwIfAborted();
    return work.writeTable(job);
  },
  allRead: () => {
    // Nothing to tune.
  },
  encodeLooks: (looks) => work.encodeLooks(looks),
  release: () => {
    // The collector's.
  },
  close: () => Promise.resolve(),
});
