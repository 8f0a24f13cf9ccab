import { LONGEST_ATTRIBUTE, MOST_ATTRIBUTES, type Attributes } from '../../model/conversation.js';
import { UnexpectedValue, type JsonTape } from './tape/jsonTape.js';
import { hasRepeated, NOTHING, type ReadingContext } from './reading.js';

/** What absent attributes are. */
export const NO_ATTRIBUTES: Attributes = { names: NOTHING, values: NOTHING };
/** An attribute is measured with its quotes. */
const MOST_BYTES = LONGEST_ATTRIBUTE - 2;

/** Makes the last of two equal names the one that counts, in the place of the first. @param written the names as they are written */
const settleRepeated = (context: ReadingContext, names: readonly string[], written: readonly string[], values: string[]): Attributes => {
  const places = new Map<string, number>();
  written.forEach((name, i) => {
    const place = places.get(name);
    if (place === undefined) places.set(name, i);
    else values[place] = values[i]!;
  });
  context.repeatedKeys += names.length - places.size;
  const kept = [...places.values()];
  return { names: kept.map((place) => names[place]!), values: kept.map((place) => values[place]!) };
};

/**
 * A participant's attributes, each name once: names that are equal when they are written, as lone surrogates are not, are one.
 *
 * @throws UnexpectedValue where a value is no text, or where there is more of it than LONGEST_ATTRIBUTE and MOST_ATTRIBUTES allow.
 */
export const readAttributes = (json: JsonTape, context: ReadingContext): Attributes => {
  const names: string[] = [];
  const values: string[] = [];
  let isWellFormed = true;
  for (const end = json.enterObject(); json.more(end); ) {
    const name = json.keyText();
    const value = json.requiredText(MOST_BYTES);
    if (names.length === MOST_ATTRIBUTES) throw new UnexpectedValue();
    isWellFormed &&= name.isWellFormed();
    names.push(name);
    values.push(value);
  }
  if (names.length === 0) return NO_ATTRIBUTES;
  const written = isWellFormed ? names : names.map((name) => name.toWellFormed());
  return hasRepeated(written) ? settleRepeated(context, names, written, values) : { names, values };
};
