import type { MemoryPool } from '../model/memoryPool.js';

/** Beyond this the room for an announced body is not taken at once: a server may announce anything. Units: bytes. */
const MOST_AT_ONCE = 16 * 1024 * 1024;

/** Gathers a body of which pieces arrive. */
export interface BodyBytes {
  /** Bytes so far. */
  readonly length: number;
  /** Copies a piece: what undici hands out is the socket's own memory. */
  add(piece: Uint8Array): void;
  /** The whole, alone in its ArrayBuffer, which may be longer. */
  whole(): Uint8Array<ArrayBuffer>;
}

const announcedLength = (contentLength: string | undefined): number | undefined => {
  if (contentLength === undefined || !/^\d{1,9}$/.test(contentLength)) return undefined;
  const length = Number(contentLength);
  return length <= MOST_AT_ONCE ? length : undefined;
};

/**
 * Gathers a body; one whose Content-Length is known is copied once, straight to where it stays.
 *
 * Invariant: no byte of the result is one that was not added, whatever length was announced.
 */
export const createBodyBytes = (contentLength: string | undefined, memory: Pick<MemoryPool, 'take'>): BodyBytes => {
  const announced = announcedLength(contentLength);
  // Of whatever content, hence cut to what arrived.
  const room = announced === undefined ? undefined : new Uint8Array(memory.take(announced), 0, announced);
  const pieces: Uint8Array[] = [];
  let length = 0;
  let inRoom = 0;
  const joined = (): Uint8Array<ArrayBuffer> => {
    const whole = new Uint8Array(length);
    whole.set(room?.subarray(0, inRoom) ?? [], 0);
    let at = inRoom;
    for (const piece of pieces) {
      whole.set(piece, at);
      at += piece.byteLength;
    }
    return whole;
  };
  return {
    get length() {
      return length;
    },
    add: (piece) => {
      length += piece.byteLength;
      if (room !== undefined && pieces.length === 0 && length <= room.byteLength) {
        room.set(piece, inRoom);
        inRoom = length;
      } else pieces.push(piece.slice());
    },
    whole: () => (room?.byteLength === length && inRoom === length ? room : joined()),
  };
};
