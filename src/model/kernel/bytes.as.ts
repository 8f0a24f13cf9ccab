/** `"` */
export const QUOTE: u8 = 0x22;
/** `,` */
export const COMMA: u8 = 0x2c;
/** `-` */
export const MINUS: u8 = 0x2d;
/** `.` */
export const POINT: u8 = 0x2e;
/** `0` */
export const ZERO: u8 = 0x30;
/** `:` */
export const COLON: u8 = 0x3a;
/** `\` */
export const BACKSLASH: u8 = 0x5c;
/** `]` */
export const CLOSE_BRACKET: u8 = 0x5d;
/** `{` */
export const OPEN_BRACE: u8 = 0x7b;
/** `[` */
export const OPEN_BRACKET: u8 = 0x5b;
/** `}` */
export const CLOSE_BRACE: u8 = 0x7d;

/** Whether it is one. */
@inline
export function isDigit(byte: u8): bool {
  return <u8>(byte - ZERO) <= 9;
}
