/** An open file. */
export interface OpenFile {
  /** Appends at the current position; resolves when the kernel has all bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** Reads `length` bytes at `position`; fewer only at the end of the file. `into`: memory to read into where it has room, so that it is used again. */
  read(position: number, length: number, into?: ArrayBuffer): Promise<Uint8Array<ArrayBuffer>>;
  truncate(length: number): Promise<void>;
  /** fsync. An error is final for this file: never try again on the same descriptor (RELIABILITY section 1). */
  sync(): Promise<void>;
  /** fdatasync: enough for what is written at the end, as the size is data. */
  dataSync(): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
}

/** What a path is. */
export interface FileFacts {
  readonly kind: 'file' | 'folder' | 'symlink' | 'other';
  readonly size: number;
  readonly modifiedMs: number;
  /** Permission bits, e.g. 0o600. */
  readonly mode: number;
  readonly inode: number;
}

/** How to open: `create` fails with EEXIST where the file is there already; `update` does not create. */
export type OpenMode = 'read' | 'create' | 'update';

/**
 * The file system as an argument, so that tests can fail the Nth operation.
 *
 * @throws Node's own errors with `code` (ENOSPC, EACCES, EEXIST, …); callers turn them into SinkError or StateError with the path.
 * Invariant: files are made with the configured file mode and folders with the configured folder mode (0600 and 0700 by default).
 */
export interface FileOps {
  open(path: string, mode: OpenMode): Promise<OpenFile>;
  readFile(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Makes the folder and its missing parents; every new folder is made durable in its own parent. */
  makeFolder(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** link(2): fails with EEXIST, never overwrites. */
  link(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  removeFolder(path: string): Promise<void>;
  /** fsync of a folder: makes names in it durable. */
  syncFolder(path: string): Promise<void>;
  /** Names in a folder, sorted; empty where the folder does not exist. */
  list(path: string): Promise<readonly string[]>;
  /** `undefined` where there is nothing. Does not follow symlinks. */
  look(path: string): Promise<FileFacts | undefined>;
  realPath(path: string): Promise<string>;
}
