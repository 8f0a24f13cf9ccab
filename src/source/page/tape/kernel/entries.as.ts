// Kinds of entries, and flags of strings and keys: as in ../jsonTape.ts.

/** `null` */
export const NULL: u32 = 0;
/** `true` */
export const TRUE: u32 = 1;
/** `false` */
export const FALSE: u32 = 2;
/** A number. */
export const NUMBER: u32 = 3;
/** A string. */
export const STRING: u32 = 4;
/** An array; an object is one more. */
export const ARRAY: u32 = 5;
/** A key, or the end of a container. */
export const KEY_OR_CLOSE: u32 = 7;

/** A backslash is in it. */
export const HAS_ESCAPES: u32 = 1;
/** A byte beyond ASCII is in it. */
export const BEYOND_ASCII: u32 = 2;
