/** Numbers of conversations in the order of the answer: a span of numbers, or a list. */
export interface Selection {
  readonly length: number;
  at(place: number): number;
}

/** The numbers from `first` to before `end`. */
export const spanSelection = (first: number, end: number): Selection => ({ length: Math.max(0, end - first), at: (place) => first + place });

/** The numbers as listed. */
export const listSelection = (indexes: readonly number[]): Selection => ({ length: indexes.length, at: (place) => indexes[place]! });

/** The same numbers, last first. */
export const reversed = (selection: Selection): Selection => ({
  length: selection.length,
  at: (place) => selection.at(selection.length - 1 - place),
});

/** A page's place in a selection. */
export interface SlicePlace {
  readonly offset: number;
  /** Counted from 0. */
  readonly page: number;
  readonly size: number;
  /** Every so many pages begin with the last conversation of the page before; 0: none. */
  readonly duplicateEvery: number;
}

/** A page's numbers, and where the next page begins; `undefined` on the last. */
export interface Slice {
  readonly indexes: readonly number[];
  readonly nextOffset: number | undefined;
}

/** Cuts a page out of a selection. */
export const slicePage = (selection: Selection, { offset, page, size, duplicateEvery }: SlicePlace): Slice => {
  const end = Math.min(offset + size, selection.length);
  const indexes: number[] = [];
  for (let place = offset; place < end; place++) indexes.push(selection.at(place));
  if (end >= selection.length) return { indexes, nextOffset: undefined };
  const repeats = duplicateEvery > 0 && size > 1 && (page + 1) % duplicateEvery === 0;
  return { indexes, nextOffset: repeats ? end - 1 : end };
};

/** Where page `page` (counted from 0) begins when every page has the same size: the same places as by following `nextOffset`. */
export const pageOffset = (page: number, size: number, duplicateEvery: number): number =>
  page * size - (duplicateEvery > 0 && size > 1 ? Math.floor(page / duplicateEvery) : 0);
