import { describe, expect, it } from 'vitest';
import { asTyped } from '../../src/cli/asTyped.js';
import { CONFIGURED_COMMANDS, JOB_COMMANDS, NAMED_COMMANDS } from '../../src/cli/commandNames.js';
import { COMMANDS } from '../../src/cli/commands/commands.js';
import { programOf } from '../../src/cli/system.js';

describe('commands as the reader has to type them', () => {
  it('carry the program, the job as given, and the files given', () => {
    const typed = asTyped('node dist/main.js', { job: '../my jobs/calls.yaml', config: 'a.yaml', output: '/data/out' });
    const options = '--config a.yaml --output /data/out';
    expect(typed('next: gcx verify calls   or   gcx status calls --files')).toBe(
      `next: node dist/main.js verify '../my jobs/calls.yaml' ${options}   or   node dist/main.js status '../my jobs/calls.yaml' ${options} --files`,
    );
    expect(typed('run `gcx backfill calls --from 2026-01-05 --to 2026-01-06 --force`.')).toBe(
      `run \`node dist/main.js backfill '../my jobs/calls.yaml' ${options} --from 2026-01-05 --to 2026-01-06 --force\`.`,
    );
    expect(typed('gcx run other')).toBe(`node dist/main.js run other ${options}`);
    expect(typed('gcx <command> --help, gcx simulate')).toBe('node dist/main.js <command> --help, node dist/main.js simulate');
  });

  it('keep the prose around them in order', () => {
    const typed = asTyped('gcx', { job: 'berlin', config: 'a.yaml' });
    expect(typed('gcx verify berlin: it says what differs')).toBe('gcx verify berlin --config a.yaml: it says what differs');
    expect(typed('see gcx verify berlin, then gcx status.')).toBe('see gcx verify berlin --config a.yaml, then gcx status --config a.yaml.');
    expect(typed('gcx run <job>… as it was')).toBe('gcx run <job>… --config a.yaml as it was');
  });

  it('are known by the names that there are', () => {
    const names = (kept: (command: (typeof COMMANDS)[number]) => boolean): readonly string[] => COMMANDS.filter(kept).map(({ name }) => name);
    expect(JOB_COMMANDS).toEqual(names(({ positional }) => positional !== ''));
    expect(NAMED_COMMANDS).toEqual(names(({ summary }) => summary !== false));
    expect(NAMED_COMMANDS.filter((name) => !CONFIGURED_COMMANDS.includes(name))).toEqual(['simulate', 'demo']);
  });

  it('are as they were where nothing was given', () => {
    const text = 'next: gcx verify nightly   or   gcx status nightly --files';
    expect(asTyped('gcx', { job: 'nightly' })(text)).toBe(text);
    expect(asTyped('gcx', {})('gcx: no such option of gcx')).toBe('gcx: no such option of gcx');
  });

  it('quote what a shell would take apart', () => {
    expect(asTyped('gcx', { output: "it's; rm" })('gcx status')).toBe(String.raw`gcx status --output 'it'\''s; rm'`);
  });

  it('name the program by the way it was started', () => {
    expect(programOf('/usr/local/bin/gcx', '/work')).toBe('gcx');
    expect(programOf('/work/node_modules/.bin/gcx', '/work')).toBe('npx gcx');
    expect(programOf('/work/dist/main.js', '/work')).toBe('node dist/main.js');
    expect(programOf('/work/dist/main.js', '/elsewhere')).toBe('node /work/dist/main.js');
    expect(programOf(undefined, '/work')).toBe('gcx');
  });
});
