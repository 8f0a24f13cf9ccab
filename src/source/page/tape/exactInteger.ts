const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** More digits than an int64 has. */
const MOST_DIGITS = 20;

/** What a JSON number stands for, exactly, by its text: as a double a fraction far behind the point would be gone; undefined where it is not whole, or has more digits than are read. */
const wholeNumber = (literal: string): bigint | undefined => {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(literal) ?? [];
  const written = `${whole}${fraction}`.replace(/^0+/, '');
  let end = written.length;
  while (written[end - 1] === '0') end--;
  const digits = written.slice(0, end);
  if (digits === '') return 0n;
  const power = Number(exponent) - fraction.length + written.length - digits.length;
  if (power < 0 || power + digits.length > MOST_DIGITS) return undefined;
  return BigInt(`${sign}${digits}${'0'.repeat(power)}`);
};

/** The whole number of 64 bits that a JSON number stands for; undefined where it is none. @param literal its text */
export const exactInteger = (literal: string): bigint | undefined => {
  const exact = wholeNumber(literal);
  return exact === undefined || BigInt.asIntN(64, exact) !== exact ? undefined : exact;
};
