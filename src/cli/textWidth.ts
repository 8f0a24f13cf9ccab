/** Characters that take no column: combining marks, joiners, variation selectors. */
const NO_WIDTH = /^[\p{Mn}\p{Me}\u200b-\u200d\ufe00-\ufe0f]$/u;

/** East Asian wide and full-width ranges, and emoji that are drawn as pictures. Source: Unicode TR 11. */
const WIDE = /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}$/u;

const characterWidth = (character: string): number => {
  if (character < '\u0300') return 1;
  if (NO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
};

/** Columns that a text takes on a terminal; the text holds no control characters. */
export const textWidth = (text: string): number => {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
};

/** The text cut to at most `limit` columns, with `…` (or `~` without Unicode) where something was cut. */
export const cutText = (text: string, limit: number, mark = '…'): string => {
  if (textWidth(text) <= limit) return text;
  let width = textWidth(mark);
  let kept = '';
  for (const character of text) {
    width += characterWidth(character);
    if (width > limit) break;
    kept += character;
  }
  return kept + mark;
};
