const LONG_ASCII = 'abcdefghij'.repeat(160);
const LONG_EMOJI = `x${'😀'.repeat(700)}`;

/**
 * Attribute names and values that break exporters, each seen in the field or one step from it.
 *
 * Why some come in pairs: names that differ by case or by a trailing space only must stay two.
 */
export const HOSTILE_ATTRIBUTES: readonly (readonly [name: string, value: string])[] = [
  ['__proto__', 'polluted'],
  ['constructor', 'Object'],
  ['prototype', '{}'],
  ['hasOwnProperty', 'true'],
  ['toString', 'function'],
  ['', 'value of the empty name'],
  ['emptyValue', ''],
  ['ANI ', '+49 30 123456'],
  ['ANI', '+4930123456'],
  ['ani', '+493099999'],
  ['7day', '7'],
  ['007', '007'],
  ['10', 'ten'],
  ['2amLogic', 'True'],
  ['multiLine', 'first line\nsecond line\n'],
  ['windowsLines', 'first\r\nsecond\r\n'],
  ['tabbed', 'a\tb\tc'],
  ['piped', 'a|b|c|'],
  ['quoted', 'she said "no", twice: ""'],
  ['name,with,commas', 'a,b;c'],
  ['name "quoted"', "it's"],
  ['formula', '=HYPERLINK("http://example.invalid","x")'],
  ['plus', '+4915112345678'],
  ['minus', '-2+3'],
  ['at', '@SUM(A1)'],
  ['emoji 😀', '👩‍👩‍👧‍👦 family 🇩🇪'],
  ['nonBmp', '𝒳𠀀 𐍈'],
  ['combining', 'e\u0301 vs é, A\u030a'],
  ['rtl', 'שלום مرحبا \u202eabc'],
  ['nul', 'before\u0000after'],
  ['bom', '\ufeffwith a byte order mark'],
  ['loneHigh', 'lone \ud800 surrogate'],
  ['loneLow', '\udc00'],
  ['lineSeparators', 'a\u2028b\u2029c'],
  ['control', '\u0001\u001b[31mred\u007f'],
  ['sciNumber', '1e5'],
  ['bigNumber', '9007199254740993'],
  ['boolLike', 'True'],
  ['nullLike', 'null'],
  ['NULL', 'NULL'],
  ['backslashN', '\\N'],
  ['dateLike', '2026-02-30'],
  ['spaces', '  leading and trailing  '],
  ['jsonBlob', '{"customer":{"id":42,"tags":["a","b"],"note":"line\\nbreak"}}'],
  ['xml', '<a href="x">&amp;</a>'],
  ['sql', "'; DROP TABLE conversations; --"],
  ['../../path', '/etc/passwd'],
  ['a=b', 'key holds an equals sign'],
  ['cut', LONG_ASCII],
  ['cutExactly', LONG_ASCII.slice(0, 1024)],
  ['cutInsideEmoji', LONG_EMOJI],
  [`longName${'n'.repeat(300)}`, 'v'],
];

/** Values that fail to be what they look like; used on names that recur, so that no column keeps one type. */
export const AMBIGUOUS_VALUES: readonly string[] = ['1', '0', '007', '1e5', 'True', 'false', '', ' ', 'N/A', '12.50', '1,234', 'NaN', '-0', '2026-01-05'];
