/** The next multiple of eight, at which values of any width may begin. Units: bytes. */
export const aligned = (bytes: number): number => (bytes + 7) & ~7;
