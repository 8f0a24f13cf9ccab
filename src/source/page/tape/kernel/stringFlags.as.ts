// Of strings and keys: as in ../jsonTape.ts.

/** A backslash is in it. */
export const HAS_ESCAPES: u32 = 1;
/** A byte beyond ASCII is in it. */
export const BEYOND_ASCII: u32 = 2;
