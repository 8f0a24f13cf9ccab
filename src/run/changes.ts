import type { Manifest, RowChanges } from '../model/manifest.js';

/** How a version's rows differ from those of the version before, all tables added up; null for the first, and where it was not counted. */
export const changesOf = ({ supersedes }: Pick<Manifest, 'supersedes'>): RowChanges | null => {
  const tables = Object.values(supersedes?.changes ?? {});
  if (supersedes?.changes === undefined || supersedes.changes === null) return null;
  const sum = (of: (changes: RowChanges) => number): number => tables.reduce((all, changes) => all + of(changes), 0);
  return { changed: sum((c) => c.changed), appeared: sum((c) => c.appeared), vanished: sum((c) => c.vanished) };
};

/** Whether every row is as in the version before, by key: other bytes are then other orders, of lists and maps, which the API does not promise. */
export const movedNothing = (next: Pick<Manifest, 'supersedes'>): boolean => {
  const changes = changesOf(next);
  return changes !== null && changes.changed + changes.appeared + changes.vanished === 0;
};
