const NAME = /^dt=\d{4}-\d\d-\d\d(?:\/hr=\d\d)?$/;

/** Whether a path is that of a partition: `dt=2026-01-05` or `dt=2026-01-05/hr=13`. */
export const isPartition = (path: string): boolean => NAME.test(path);

/** Whether readers of Hive layouts skip the name: temporary names, and everything that is ours alone. */
export const isHidden = (name: string): boolean => name.startsWith('_') || name.startsWith('.');
