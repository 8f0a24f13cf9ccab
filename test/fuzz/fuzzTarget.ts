import fc from 'fast-check';
import { anyText } from '../support/anyText.js';

/** How often, and from where. */
export interface Effort {
  /** Inputs to try of a target that costs 1. */
  readonly runs: number;
  readonly seed: number;
}

/** Something that any input whatever must not break. */
export interface FuzzTarget {
  readonly name: string;
  /** Tries random inputs and gives how many. @throws fast-check's report, with the smallest input that breaks it */
  attack(effort: Effort): Promise<number>;
}

/** A target from an arbitrary and what must hold of each of its values; one that costs 10 gets a tenth of the inputs. */
export const fuzzTarget = <T>(name: string, inputs: fc.Arbitrary<T>, holds: (input: T) => void | Promise<void>, cost = 1): FuzzTarget => ({
  name,
  async attack({ runs, seed }) {
    let tried = 0;
    const property = fc.asyncProperty(inputs, async (input) => {
      tried++;
      await holds(input);
    });
    await fc.assert(property, { numRuns: Math.max(1, Math.ceil(runs / cost)), seed });
    return tried;
  },
});

/** A place in a file, as a fraction of its length. */
const place = fc.double({ min: 0, max: 1, noNaN: true });

interface Edit {
  readonly at: number;
  readonly cut: number;
  readonly put: Uint8Array;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: place,
  cut: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(0, 1, 1, 2) }, { weight: 1, arbitrary: fc.nat({ max: 400 }) }),
  put: fc.oneof<fc.Arbitrary<Uint8Array>[]>(fc.uint8Array({ maxLength: 3 }), fc.constantFrom('"', '}', ']', '\\', '\n', '\u0000', '\ufeff', '-1', '1e400', 'null').map((text) => new TextEncoder().encode(text))),
});

const applied = (bytes: Uint8Array<ArrayBuffer>, { at, cut, put }: Edit): Uint8Array<ArrayBuffer> => {
  const from = Math.floor(at * bytes.length);
  return Uint8Array.from([...bytes.subarray(0, from), ...put, ...bytes.subarray(from + cut)]);
};

/** Bytes with a few places changed, added to or cut out; or cut short; the original itself never. */
export const damaged = (original: Uint8Array): fc.Arbitrary<Uint8Array<ArrayBuffer>> => {
  const edits: fc.Arbitrary<readonly Edit[]> = fc.oneof(
    { weight: 5, arbitrary: fc.array(edit, { minLength: 1, maxLength: 4 }) },
    { weight: 1, arbitrary: place.map((at) => [{ at, cut: original.length, put: new Uint8Array() }]) },
  );
  return edits.map((all) => all.reduce(applied, Uint8Array.from(original))).filter((bytes) => Buffer.compare(bytes, original) !== 0);
};

/** JSON of any shape, with keys that somebody might look for. */
export const anyJson = (...keys: readonly string[]): fc.Arbitrary<unknown> =>
  fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constant(null), fc.boolean(), fc.integer(), fc.double(), anyText(12), fc.constantFrom('', '__proto__', '2026-01-05T01:00:00.000Z', 'FULFILLED', '\ud800', '9'.repeat(30)),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys, '__proto__', 'constructor', 'toString'), tie('any'), { maxKeys: 5, noNullPrototype: false }),
    ),
  })).any;

/** Text of a body: JSON of any shape, text of any kind. */
export const anyBody = (...keys: readonly string[]): fc.Arbitrary<Uint8Array<ArrayBuffer>> =>
  fc
    .oneof({ weight: 6, arbitrary: fc.dictionary(fc.constantFrom(...keys, '__proto__'), anyJson(...keys), { maxKeys: 6 }).map((value) => JSON.stringify(value)) }, { weight: 1, arbitrary: anyJson(...keys).map((value) => JSON.stringify(value)) }, { weight: 1, arbitrary: anyText(60) })
    .map((text) => Uint8Array.from(new TextEncoder().encode(text)));
