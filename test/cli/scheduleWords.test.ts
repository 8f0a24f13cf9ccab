import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/commands.js';
import { parseCommandLine } from '../../src/cli/parseCommandLine.js';

describe('the words of a command that takes several', () => {
  it.each([
    [['schedule', 'a'], ['a']],
    [['schedule', 'a', 'b'], ['a', 'b']],
    [['schedule', 'a', '--json', 'b', 'c'], ['a', 'b', 'c']],
    [['schedule'], []],
  ])('%j are all kept', async (argv, jobs) => {
    const parsed = await parseCommandLine(argv, COMMANDS, { version: '0', width: 80 });
    expect(parsed).toMatchObject({ kind: 'command', problems: [] });
    if (parsed.kind === 'command') expect(parsed.raw['job'] ?? []).toEqual(jobs);
  });

  it('of an option given twice the last one counts', async () => {
    const parsed = await parseCommandLine(['run', 'a', '--log-level', 'info', '--now', '2026-01-05', '--log-level=warn', '--json', '--json'], COMMANDS, { version: '0', width: 80 });
    expect(parsed).toMatchObject({ kind: 'command', problems: [], raw: { 'log-level': 'warn', json: true, job: 'a' } });
  });

  it('a command that takes one refuses the second', async () => {
    const parsed = await parseCommandLine(['run', 'a', 'b'], COMMANDS, { version: '0', width: 80 });
    expect(parsed).toMatchObject({ kind: 'command', problems: [{ what: expect.stringContaining('one word too many') as string }] });
  });
});
