/** Whether readers of Hive layouts skip the name: temporary names, and everything that is ours alone. */
export const isHidden = (name: string): boolean => name.startsWith('_') || name.startsWith('.');
