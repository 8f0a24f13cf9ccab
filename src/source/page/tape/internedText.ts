import type { Buffer } from 'node:buffer';

const ENTRIES = 4096;
/** Longer text is not worth a comparison. */
const LONGEST = 40;

/**
 * Text that recurs, each made once: names of attributes, members of enumerations, queues, wrap-up codes.
 *
 * Shape: a cache by place, so bounded: another text at the same place takes it over.
 * Why: a string that is there already costs less than a new one, and its hash is known to every map that it is looked up in.
 */
export class InternedText {
  readonly #texts: (string | undefined)[] = Array.from({ length: ENTRIES });
  readonly #bytes = new Uint8Array(ENTRIES * LONGEST);
  readonly #lengths = new Uint8Array(ENTRIES);

  /** The text of ASCII bytes. */
  of(bytes: Buffer, start: number, end: number): string {
    const length = end - start;
    if (length > LONGEST || length === 0) return bytes.latin1Slice(start, end);
    let hash = length;
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
    const entry = (hash ^ (hash >>> 15)) & (ENTRIES - 1);
    const known = this.#bytes;
    const offset = entry * LONGEST - start;
    if (this.#lengths[entry] === length) {
      let at = start;
      while (at < end && known[offset + at] === bytes[at]) at++;
      if (at === end) return this.#texts[entry]!;
    }
    for (let at = start; at < end; at++) known[offset + at] = bytes[at]!;
    this.#lengths[entry] = length;
    return (this.#texts[entry] = bytes.latin1Slice(start, end));
  }
}
