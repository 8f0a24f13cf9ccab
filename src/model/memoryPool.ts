/** Smaller pieces come and go faster than they are found again. Units: bytes. */
const LEAST_BYTES = 16 * 1024;
/** Larger pieces are not kept: they were an exception. Units: bytes. */
const MOST_BYTES = 4 * 1024 * 1024;
/** Pieces are a multiple of this, so that the next page, somewhat larger, fits too; small ones of the other. Units: bytes. */
const STEP_BYTES = 64 * 1024;
const SMALL_STEP_BYTES = LEAST_BYTES;
/** Below this a piece is small. Units: bytes. */
const SMALL_BYTES = 2 * STEP_BYTES;
/** All that is kept at most. Units: bytes. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** A new piece of at least so many bytes, of whatever content. */
export const newPiece = (bytes: number): ArrayBuffer => {
  const step = bytes < SMALL_BYTES ? SMALL_STEP_BYTES : STEP_BYTES;
  return Buffer.allocUnsafeSlow(Math.ceil(bytes / step) * step).buffer;
};

/** Memory of pages that were read, for those that come. */
export interface MemoryPool {
  /** A piece of at least so many bytes, of whatever content: the caller may show no byte of it that it did not write. */
  take(bytes: number): ArrayBuffer;
  /** The smallest piece of at least so many bytes that is at hand, if one is. */
  takeKept(bytes: number): ArrayBuffer | undefined;
  /** Gives a piece back that nothing reads any more. */
  give(piece: ArrayBuffer): void;
  /** Hands out all pieces that are at hand: they are no longer the pool's. */
  empty(): readonly ArrayBuffer[];
}

/**
 * A pool of at most 16 MiB.
 *
 * Why: memory outside the JavaScript heap counts towards its next full collection, so that every 64 MiB of pages would cost one on each thread that they pass.
 */
export const createMemoryPool = (): MemoryPool => {
  const kept: ArrayBuffer[] = [];
  let keptBytes = 0;
  const takeKept = (bytes: number): ArrayBuffer | undefined => {
    let best = -1;
    kept.forEach((piece, i) => {
      if (piece.byteLength >= bytes && (best === -1 || piece.byteLength < kept[best]!.byteLength)) best = i;
    });
    const [found] = best === -1 ? [] : kept.splice(best, 1);
    keptBytes -= found?.byteLength ?? 0;
    return found;
  };
  return {
    take: (bytes) => (bytes < LEAST_BYTES ? new ArrayBuffer(bytes) : takeKept(bytes) ?? newPiece(bytes)),
    takeKept,
    give: (piece) => {
      if (piece.byteLength < LEAST_BYTES || piece.byteLength > MOST_BYTES || keptBytes + piece.byteLength > KEPT_BYTES || kept.includes(piece)) return;
      kept.push(piece);
      keptBytes += piece.byteLength;
    },
    empty: () => {
      keptBytes = 0;
      return kept.splice(0);
    },
  };
};
