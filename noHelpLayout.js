/**
 * Takes the place of what lays out yargs' own help (cliui and string-width) in what is bundled: that help is never shown, ours is (src/cli/helpText.ts).
 *
 * Why: yargs lays it out at every command; measuring its texts compiles the patterns of all emoji and loads the tables of a language, an eighth of what starting takes.
 */
const layout = { div: () => '', span: () => undefined, resetOutput: () => undefined, toString: () => '' };

/** Called as cliui, with its options, and as string-width, with a text. */
export default (asked) => (typeof asked === 'string' ? asked.length : layout);
