/** Edit distance with insert, delete, replace and swap of neighbours; gives up above `limit`. */
const distance = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? limit + 1;
};

const plain = (text: string): string => text.toLowerCase().replaceAll(/[_\s-]/g, '');

/**
 * The known word nearest to a misspelt one; `undefined` where none is near enough to be meant.
 *
 * Case, `-` and `_` do not count; otherwise one edit in three characters is allowed, three at most.
 */
export const nearest = (given: string, known: readonly string[]): string | undefined => {
  const word = plain(given.slice(0, 100));
  const limit = Math.min(3, Math.floor(word.length / 3) + (word.length < 3 ? 1 : 0));
  let best: { readonly name: string; readonly edits: number } | undefined;
  for (const name of known) {
    const edits = distance(word, plain(name), limit);
    if (edits <= limit && (best === undefined || edits < best.edits)) best = { name, edits };
  }
  return best?.name;
};

/** The end of a problem's text: `; did you mean x?`, or nothing. The given word itself is never repeated: it may be a secret in the wrong place. */
export const didYouMean = (given: unknown, known: readonly string[]): string => {
  const name = typeof given === 'string' ? nearest(given, known) : undefined;
  return name === undefined ? '' : `; did you mean ${name}?`;
};
