import { randomBytes } from 'node:crypto';
import { access, constants, link, mkdir, rm, stat, statfs, writeFile } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { errnoCode } from '../model/errnoCode.js';
import { ConfigError } from '../model/errors.js';
import { NO_LINKS } from '../model/fileTrouble.js';

/** What is known of the output folder's disk. */
export interface DiskFacts {
  /** The folder itself, or the nearest one above it that there is. */
  readonly folder: string;
  readonly writable: boolean;
  /** Whether a file can have two names there, without which nothing can be committed; true also where that could not be tried. */
  readonly hardLinks: boolean;
  readonly isFolder: boolean;
  readonly freeBytes: number;
}

const exists = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.F_OK);
    return true;
  } catch {
    // Absent and unreachable are the same here: the folder above is asked next.
    return false;
  }
};

/** What making a folder answers where nothing can be made; a full disk is another matter, and may be empty tomorrow. */
const UNWRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Makes a second name of a file. */
type Link = (from: string, to: string) => Promise<void>;

const canLink = async (folder: string, makeLink: Link): Promise<boolean> => {
  const file = join(folder, 'file');
  await writeFile(file, '', { mode: 0o600 });
  try {
    await makeLink(file, join(folder, 'link'));
    return true;
  } catch (error) {
    return !NO_LINKS.has(errnoCode(error) ?? '');
  }
};

/** Why a folder is made and removed, with a link in it: permission bits say nothing about root, read-only mounts and file systems such as /proc, nothing says which file system has links. */
const tryFolder = async (path: string, makeLink: Link): Promise<Pick<DiskFacts, 'writable' | 'hardLinks'>> => {
  const probe = join(path, `.gcx-${randomBytes(8).toString('hex')}`);
  try {
    await mkdir(probe, { mode: 0o700 });
    try {
      return { writable: true, hardLinks: await canLink(probe, makeLink) };
    } finally {
      await rm(probe, { recursive: true });
    }
  } catch (error) {
    return { writable: !UNWRITABLE.has(errnoCode(error) ?? ''), hardLinks: true };
  }
};

/** Looks whether the output folder can be written or made, whether it has hard links, and how much room there is. Leaves nothing behind. `makeLink`: link(2). */
export const diskFacts = async (root: string, makeLink: Link = link): Promise<DiskFacts> => {
  let folder = root;
  while (!(await exists(folder)) && dirname(folder) !== folder) folder = dirname(folder);
  const [facts, space, tried] = await Promise.all([stat(folder), statfs(folder), tryFolder(folder, makeLink)]);
  return { folder, ...tried, isFolder: facts.isDirectory(), freeBytes: space.bavail * space.bsize };
};

/** Who may change what lies in a folder: who owns it, and whoever its mode lets. */
export type Custody = Pick<Stats, 'uid' | 'mode'>;

/** What is wrong with whose a folder is; nothing where only this user, root, and those that `dirMode` permits can change what is in it. */
export const wrongCustody = ({ uid, mode }: Custody, me: number | undefined, dirMode: number): string | undefined => {
  // Windows has neither owners nor bits: Node makes them up there.
  if (me === undefined) return undefined;
  if (uid !== me && uid !== 0 && me !== 0) return `belongs to another user (id ${String(uid)})`;
  return (mode & 0o002 & ~dirMode) === 0 ? undefined : `may be written by everybody (mode ${(mode & 0o7777).toString(8).padStart(4, '0')})`;
};

const refuseStrangers = async (root: string, dirMode: number): Promise<void> => {
  const wrong = wrongCustody(await stat(root), process.getuid?.(), dirMode);
  if (wrong === undefined) return;
  throw new ConfigError([{ where: 'output', what: `${root} ${wrong}: others could exchange what is exported` }], {
    remedy: "Run chmod o-w on it, or choose a folder of your own with --output or output.root.",
  });
};

/**
 * Refuses an output folder that cannot be written, or that others can write who are not meant to, before anything is asked for.
 *
 * Why root may use anybody's: it could anyway, and mounted volumes belong to whoever made them.
 * @throws ConfigError
 */
export const requireWritable = async (root: string, dirMode = 0o700): Promise<void> => {
  const disk = await diskFacts(root);
  if (disk.isFolder && disk.writable) {
    if (disk.folder === root) await refuseStrangers(root, dirMode);
    return;
  }
  throw new ConfigError([{ where: 'output', what: disk.isFolder ? `${disk.folder} cannot be written` : `${disk.folder} is a file, not a folder` }], {
    remedy: 'Choose another folder with --output or output.root, or give this user the right to write there.',
  });
};
