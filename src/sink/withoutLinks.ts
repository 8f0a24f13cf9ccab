import type { FileOps } from '../model/files.js';

const planted = (path: string): Error => Object.assign(new Error(`ELOOP: a symbolic link stands where a folder of ours belongs, '${path}'`), { code: 'ELOOP', path });

/**
 * File operations that make and list no folder of a job's behind a symbolic link.
 *
 * Why: whoever plants `_data` as a link would have our files written wherever it points. The job's folder itself, and what is above it, may be links: those are the user's.
 * Why these two: every folder is made, or looked through, before a run writes into it.
 */
export const withoutLinks = (files: FileOps, jobFolder: string): FileOps => {
  const refuseLinks = async (path: string): Promise<void> => {
    if (!path.startsWith(`${jobFolder}/`)) return;
    const segments = path.slice(jobFolder.length + 1).split('/');
    for (let n = 1; n <= segments.length; n++) {
      const at = `${jobFolder}/${segments.slice(0, n).join('/')}`;
      const facts = await files.look(at);
      if (facts === undefined) return;
      if (facts.kind === 'symlink') throw planted(at);
    }
  };
  return {
    ...files,
    async makeFolder(path) {
      await refuseLinks(path);
      await files.makeFolder(path);
    },
    async list(path) {
      await refuseLinks(path);
      return files.list(path);
    },
  };
};
