import { errnoCode } from '../model/errnoCode.js';
import { DecodeError, ExportError, MemoryError, SinkError, StateError } from '../model/errors.js';
import type { SourceKind } from '../model/job.js';
import type { Look } from '../model/look.js';
import type { TableJob } from './lanes.js';

/** What the main thread asks of a lane thread. The page's bytes are transferred, not copied; so is `room`, memory for its block. */
export type LaneRequest =
  | { readonly id: number; readonly type: 'page'; readonly body: Uint8Array<ArrayBuffer>; readonly kind: SourceKind; readonly label: string; readonly room: ArrayBuffer | undefined }
  | { readonly id: number; readonly type: 'table'; readonly job: TableJob }
  | { readonly id: number; readonly type: 'looks'; readonly looks: readonly Look[] };

/** An error on its way between threads: classes do not survive the passage. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly remedy: string | undefined;
  /** Of the file system's error that caused it: a run looks at it. */
  readonly causeCode: string | undefined;
  /** DecodeError only. */
  readonly decode: { readonly what: string; readonly path: string; readonly problem: string } | undefined;
}

/** What a lane thread answers; with a page, the memory that it was asked with and that its block is not in. */
export type LaneAnswer = { readonly id: number; readonly value: unknown; readonly spare: readonly ArrayBuffer[] } | { readonly id: number; readonly error: SentError };

/** What comes from a lane thread: once that it has started, then its answers. */
export type LaneMessage = 'ready' | LaneAnswer;

/** Packs an error for the passage. */
export const packError = (error: unknown): SentError => {
  const known = error instanceof Error ? error : new Error(String(error));
  return {
    name: known.name,
    message: known.message,
    stack: known.stack,
    remedy: known instanceof ExportError ? known.remedy : undefined,
    causeCode: errnoCode(known.cause),
    decode: known instanceof DecodeError ? { what: known.what, path: known.path, problem: known.problem } : undefined,
  };
};

/** What a lane throws of ours beside DecodeError, by name. */
const FORESEEN = new Map([SinkError, StateError, MemoryError].map((known) => [known.name, known]));

/** Makes the error again; anything that is not one of ours stays a bug, with the stack of its own thread. */
export const unpackError = (sent: SentError): Error => {
  const cause = sent.causeCode === undefined ? {} : { cause: Object.assign(new Error(sent.causeCode), { code: sent.causeCode }) };
  const facts = { ...(sent.remedy === undefined ? {} : { remedy: sent.remedy }), ...cause };
  if (sent.decode !== undefined) return new DecodeError(sent.decode.what, sent.decode.path, sent.decode.problem, facts);
  const Foreseen = FORESEEN.get(sent.name);
  if (Foreseen !== undefined) return new Foreseen(sent.message, facts);
  const bug = new Error(sent.message);
  bug.name = sent.name;
  if (sent.stack !== undefined) bug.stack = sent.stack;
  return bug;
};
