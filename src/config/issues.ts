import * as z from 'zod';
import type { Problem } from '../model/errors.js';
import { didYouMean } from './didYouMean.js';
import type { YamlPath } from './where.js';
import type { YamlTree } from './yamlTree.js';

/** The keys that a schema knows in a group, by the group's path; none where there is no group. */
const keysAt = (schema: z.core.$ZodType, path: YamlPath): readonly string[] => {
  let node: z.core.$ZodType | undefined = schema;
  const unwrap = (): void => {
    while (node instanceof z.ZodPrefault || node instanceof z.ZodOptional) node = node.unwrap();
  };
  unwrap();
  for (const key of path) {
    if (node instanceof z.ZodArray && typeof key === 'number') {
      node = node.element;
      unwrap();
      continue;
    }
    if (!(node instanceof z.ZodObject) || typeof key !== 'string' || !Object.hasOwn(node.shape, key)) return [];
    node = (node.shape as Readonly<Record<string, z.core.$ZodType>>)[key];
    unwrap();
  }
  return node instanceof z.ZodObject ? Object.keys(node.shape) : [];
};

const unknownKey = (key: string, known: readonly string[]): string => {
  const meant = didYouMean(key, known);
  return meant === '' ? `is not a known key; the keys here are ${known.join(', ')}` : `is not a known key${meant}`;
};

/** The paths that zod complains about: an unknown key is a path of its own. */
export const issuePaths = (issue: z.core.$ZodIssue): readonly YamlPath[] =>
  issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];

/**
 * What zod found, as problems in the words of the file.
 *
 * Invariant: nothing of the file's values is repeated; what the tree complained about already is left out.
 */
export const explainIssues = (issues: readonly z.core.$ZodIssue[], tree: YamlTree, schema: z.core.$ZodType): readonly Problem[] => {
  const found = new Map<string, Problem>();
  for (const issue of issues) {
    for (const path of issuePaths(issue)) {
      if (tree.isSpoilt(path)) continue;
      const what = issue.code === 'unrecognized_keys' ? unknownKey(String(path.at(-1)), keysAt(schema, issue.path)) : issue.message;
      const problem = { where: tree.where(path), what };
      found.set(`${problem.where}\n${what}`, problem);
    }
  }
  return [...found.values()];
};
