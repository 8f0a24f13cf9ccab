import type { FileOps, OpenFile, OpenMode } from '../../src/model/files.js';

/** An operation of FileOps or of an open file; their names do not overlap. */
export type Operation = keyof FileOps | keyof OpenFile;

/** One call, in the order in which calls began. */
export interface Call {
  readonly operation: Operation;
  /** The path it was about; of an open file, the path it was opened by. */
  readonly path: string;
  /** `rename` and `link`: the other path. */
  readonly to?: string;
  /** `open`: how. */
  readonly mode?: OpenMode;
}

/** Which call fails, and how. */
export interface FailurePlan {
  /** Absent: calls of all operations are counted together. */
  readonly operation?: Operation;
  /** Only calls about paths (or targets) that match are counted. */
  readonly path?: RegExp;
  /** From 1. */
  readonly n: number;
  /** `ENOSPC`, `EIO`, … */
  readonly code: string;
  /** `before`: nothing happens, then the error. `after`: it happens, then the error. `torn`: half of a `write` happens; of other operations nothing. */
  readonly mode: 'before' | 'after' | 'torn';
  /** Every later matching call fails as well, as on a disk that stays full. */
  readonly forEver?: boolean;
}

/** File operations that fail as planned and write down what was asked of them. */
export interface FailingFiles extends FileOps {
  readonly calls: readonly Call[];
  /** Calls of an operation, or all. */
  count(operation?: Operation): number;
  /** The call that failed as planned, the last one where many did; undefined until then. */
  readonly failed: Call | undefined;
  /** Files that are open. */
  readonly openFiles: number;
}

const errno = (code: string, { operation, path }: Call): Error => Object.assign(new Error(`${code}: planned, ${operation} '${path}'`), { code, path, syscall: operation });

class Recorder {
  readonly calls: Call[] = [];
  readonly #plan: FailurePlan | undefined;
  #matching = 0;
  failed: Call | undefined;
  open = 0;

  constructor(plan: FailurePlan | undefined) {
    this.#plan = plan;
  }

  async call<T>(call: Call, work: () => Promise<T>, torn?: () => Promise<unknown>): Promise<T> {
    this.calls.push(call);
    const plan = this.#plan;
    if (plan === undefined || !this.#isDue(plan, call)) return work();
    this.failed = call;
    if (plan.mode === 'after') await work();
    else if (plan.mode === 'torn') await torn?.();
    throw errno(plan.code, call);
  }

  #isDue(plan: FailurePlan, { operation, path, to = '' }: Call): boolean {
    if (plan.operation !== undefined && plan.operation !== operation) return false;
    if (plan.path !== undefined && !plan.path.test(path) && !plan.path.test(to)) return false;
    this.#matching++;
    return plan.forEver === true ? this.#matching >= plan.n : this.#matching === plan.n;
  }
}

const wrapFile = (file: OpenFile, path: string, recorder: Recorder): OpenFile => ({
  write: (bytes) => recorder.call({ operation: 'write', path }, () => file.write(bytes), () => file.write(bytes.subarray(0, bytes.length >> 1))),
  read: (position, length, into) => recorder.call({ operation: 'read', path }, () => file.read(position, length, into)),
  truncate: (length) => recorder.call({ operation: 'truncate', path }, () => file.truncate(length)),
  sync: () => recorder.call({ operation: 'sync', path }, () => file.sync()),
  dataSync: () => recorder.call({ operation: 'dataSync', path }, () => file.dataSync()),
  size: () => recorder.call({ operation: 'size', path }, () => file.size()),
  async close() {
    recorder.open--;
    try {
      await recorder.call({ operation: 'close', path }, () => Promise.resolve());
    } finally {
      // The descriptor is gone even where close reports an error: so it is on Linux.
      await file.close();
    }
  },
});

/**
 * Wraps file operations: the plan's call fails, all calls are written down. Without a plan it only counts.
 *
 * An `open` that fails `after` has made the file and closed it again.
 */
export const failNth = (files: FileOps, plan?: FailurePlan): FailingFiles => {
  const recorder = new Recorder(plan);
  const one = <T>(operation: keyof FileOps, path: string, work: () => Promise<T>): Promise<T> => recorder.call({ operation, path }, work);
  return {
    async open(path, mode) {
      let file: OpenFile | undefined;
      try {
        await recorder.call({ operation: 'open', path, mode }, async () => {
          file = await files.open(path, mode);
        });
      } catch (error) {
        await file?.close();
        throw error;
      }
      recorder.open++;
      return wrapFile(file!, path, recorder);
    },
    readFile: (path) => one('readFile', path, () => files.readFile(path)),
    makeFolder: (path) => one('makeFolder', path, () => files.makeFolder(path)),
    rename: (from, to) => recorder.call({ operation: 'rename', path: from, to }, () => files.rename(from, to)),
    link: (from, to) => recorder.call({ operation: 'link', path: from, to }, () => files.link(from, to)),
    unlink: (path) => one('unlink', path, () => files.unlink(path)),
    removeFolder: (path) => one('removeFolder', path, () => files.removeFolder(path)),
    syncFolder: (path) => one('syncFolder', path, () => files.syncFolder(path)),
    list: (path) => one('list', path, () => files.list(path)),
    look: (path) => one('look', path, () => files.look(path)),
    realPath: (path) => one('realPath', path, () => files.realPath(path)),
    get calls() {
      return recorder.calls;
    },
    count: (operation) => recorder.calls.filter((call) => operation === undefined || call.operation === operation).length,
    get failed() {
      return recorder.failed;
    },
    get openFiles() {
      return recorder.open;
    },
  };
};

/**
 * Runs the same work with call 1, 2, 3 … failing, before its effect and after it, until a run is clean.
 *
 * @param work gets fresh file operations a try; it throws or not as it likes, and checks what must hold.
 */
export const sweepFailures = async (
  plan: Omit<FailurePlan, 'n' | 'mode'> & { readonly modes?: readonly FailurePlan['mode'][] },
  wrap: (plan: FailurePlan) => FailingFiles,
  work: (files: FailingFiles, plan: FailurePlan) => Promise<void>,
): Promise<number> => {
  const { modes = ['before', 'after'], ...rest } = plan;
  let tries = 0;
  for (const mode of modes) {
    for (let n = 1; ; n++) {
      const planned = { ...rest, n, mode };
      const files = wrap(planned);
      await work(files, planned);
      if (files.failed === undefined) break;
      tries++;
    }
  }
  return tries;
};
