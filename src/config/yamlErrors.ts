const REASONS: Readonly<Record<string, string>> = {
  ALIAS_PROPS: 'an alias carries a tag or an anchor',
  BAD_ALIAS: 'an alias (*name) has no name; text that begins with * belongs in quotes',
  BAD_DIRECTIVE: 'a line that begins with % is read as a directive; put it in quotes',
  BAD_DQ_ESCAPE: 'a backslash in double quotes begins an unknown escape; use single quotes',
  BAD_INDENT: 'the indentation does not fit, or a bracket is not closed',
  BLOCK_AS_IMPLICIT_KEY: 'two keys on one line; text that holds ": " belongs in quotes',
  BLOCK_IN_FLOW: 'a block begins inside brackets',
  DUPLICATE_KEY: 'a key is written twice',
  IMPOSSIBLE: 'the line cannot be read',
  KEY_OVER_1024_CHARS: 'a key is longer than 1,024 characters',
  MISSING_CHAR: 'a character is missing: a colon and a space after a key, or a closing quote or bracket',
  MULTILINE_IMPLICIT_KEY: 'a key goes over several lines; is a colon missing?',
  MULTIPLE_DOCS: 'a second document begins; one file holds one document',
  RESOURCE_EXHAUSTION: 'the nesting is too deep',
  TAB_AS_INDENT: 'tabs cannot indent; use spaces',
  UNEXPECTED_TOKEN: 'something unexpected stands here; is a quote or bracket missing before it?',
};

/** A YAML syntax error in words. Why from its code: the parser's own messages quote the source, which may hold a secret. */
export const explainYamlError = (code: string): string => `is not valid YAML here: ${REASONS[code] ?? 'the line cannot be read'}`;
