/** Escape sequences of terminals: CSI, OSC (ended by BEL or ST), and the two-character ones. Source: ECMA-48. */
const TERMINAL_SEQUENCES = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b\]|\u009d)[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[@-_]/g;

/** C0, DEL, C1, the line and paragraph separators, and the marks that turn the direction of text around. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\0': '\\0' };

const escaped = (character: string): string => {
  const code = character.charCodeAt(0);
  return NAMED[character] ?? (code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`);
};

/**
 * Text that a terminal shows as it is: control characters, direction marks and lone surrogates become `\n`, `\x1b`, `\u202e`.
 *
 * Why: attribute values are written by callers and bots; one that holds an escape sequence must not move the reader's cursor.
 */
export const escapeControls = (text: string): string => text.replaceAll(UNSAFE, escaped);

/** Text fit for one log line: terminal sequences go whole, what controls remain become a space. */
export const stripControls = (text: string): string => text.replaceAll(TERMINAL_SEQUENCES, '').replaceAll(UNSAFE, ' ');

/** Escapes controls in a message of several lines and keeps its line ends. */
export const escapeLines = (text: string): string => text.split('\n').map(escapeControls).join('\n');

/** A word of a command line as a message quotes it: its first sixty characters, controls escaped. */
export const shownWord = (text: string): string => escapeControls(text.slice(0, 60));
