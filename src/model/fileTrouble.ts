const WRITABLE = 'Let the user who runs gcx write there, or choose another output.root.';
const IN_THE_WAY = 'Move away what stands there in the place of a folder or file of ours, then run again.';

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'Free space on that disk, then run again: what is committed is untouched, and pages that were fetched are kept.',
  EDQUOT: 'Free space or raise the disk quota, then run again: what is committed is untouched, and pages that were fetched are kept.',
  EFBIG: 'Raise the limit on file sizes (ulimit -f), then run again.',
  EACCES: WRITABLE,
  EPERM: WRITABLE,
  EROFS: 'Mount the disk writable, or choose another output.root.',
  EIO: 'Check the disk (the system log says more), then run again: what is committed is untouched.',
  EMFILE: 'Raise the limit on open files (ulimit -n), or lower the job’s concurrency.',
  ENFILE: 'Raise the system’s limit on open files, or lower the job’s concurrency.',
  ENAMETOOLONG: 'Choose a shorter output.root.',
  ENOENT: 'Something removed the folder during the run: run again, with nothing else cleaning there.',
  ELOOP: 'Remove the symbolic link: output is not written through links.',
  ENOTDIR: IN_THE_WAY,
  EISDIR: IN_THE_WAY,
};

/** What to do where the file system refuses, by its error's code. */
export const remedyFor = (code: string): string => REMEDIES[code] ?? 'Check the output folder, then run again: what is committed is untouched.';

/** What link(2) answers on file systems that have no hard links. */
export const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']);

/** What is wrong with a file system on which nothing can be committed, as the end of a sentence; and what to do. */
export const WITHOUT_LINKS = {
  what: 'the file system has no hard links',
  remedy: 'Put output.root on a file system that has them (ext4, xfs, btrfs, APFS, NTFS, NFS): a commit must never overwrite.',
} as const;
