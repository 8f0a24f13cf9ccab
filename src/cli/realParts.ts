import type { Parts } from './parts.js';

/** The real components, each loaded when it is first needed. */
export const realParts: Parts = {
  openJob: async (options) => (await import('./assemble.js')).openJob(options),
  loadJob: async (request, job) => (await import('./loadConfiguration.js')).loadJob(request, job),
  checkOutput: async (root, dirMode) => (await import('./diskCheck.js')).requireWritable(root, dirMode),
  loadAllJobs: async (request) => (await import('./loadConfiguration.js')).loadAllJobs(request),
};
