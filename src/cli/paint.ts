import colours from 'picocolors';
import type { Style } from './screen.js';

/** Text in colour where the style has colours, and as it is where not. */
export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  warning(text: string): string;
  title(text: string): string;
}

/** The few colours that output uses: what is well, what is not, what to look at, and titles. */
export const paintFor = (style: Pick<Style, 'colour'>): Paint => {
  const { green, red, yellow, bold } = colours.createColors(style.colour);
  return { good: green, bad: red, warning: yellow, title: bold };
};
