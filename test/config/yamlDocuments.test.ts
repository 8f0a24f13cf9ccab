import { describe, expect, it } from 'vitest';
import { readYamlTree } from '../../src/config/yamlTree.js';

describe('readYamlTree', () => {
  it('refuses a second document instead of leaving it out', () => {
    const { problems } = readYamlTree('a: 1\n---\nb: 2\n', 'config.yaml', {});
    expect(problems).toEqual([{ where: 'config.yaml (line 2)', what: 'is not valid YAML here: a second document begins; one file holds one document' }]);
  });
  it('takes one document between its marks', () => {
    expect(readYamlTree('---\na: 1\n...\n', 'config.yaml', {}).problems).toEqual([]);
  });
});
