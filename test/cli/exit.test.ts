import { describe, expect, it } from 'vitest';
import { explain } from '../../src/cli/exit.js';
import { AuthError, ConfigError, HttpError, InterruptedError, LockedError, RequestRefusedError, SinkError } from '../../src/model/errors.js';

const running = new AbortController().signal;

describe('exit', () => {
  it.each([
    [new ConfigError([{ where: 'config.yaml', what: 'x' }]), 2],
    [new RequestRefusedError('x'), 2],
    [new AuthError('x'), 3],
    [new HttpError('x'), 4],
    [new SinkError('x'), 4],
    [new LockedError('x'), 5],
    [new InterruptedError('x'), 130],
    [new TypeError('x'), 1],
    ['a thrown text', 1],
    [undefined, 1],
  ])('maps %o to its documented exit code', (error, exitCode) => {
    expect(explain(error, running).exitCode).toBe(exitCode);
  });

  it('tells what happened and what to do, without a stack', () => {
    expect(explain(new AuthError('the login service refused the client', { remedy: 'Check GENESYS_CLIENT_SECRET.' }), running).text).toBe(
      'gcx: the login service refused the client\n  → Check GENESYS_CLIENT_SECRET.',
    );
  });

  it('lists several problems', () => {
    const error = new ConfigError([{ where: 'config.yaml: http.timeout (line 4)', what: 'expected a duration' }, { where: 'GENESYS_CLIENT_ID', what: 'is not set' }]);
    expect(explain(error, running).text).toMatchInlineSnapshot(`
      "gcx: 2 problems
        - config.yaml: http.timeout (line 4): expected a duration
        - GENESYS_CLIENT_ID: is not set"
    `);
  });

  it('keeps the name of a key that would hide what is said of it, and still hides secrets in either', () => {
    const error = new ConfigError([{ where: 'genesys.clientSecret', what: 'missing' }]);
    expect(explain(error, running).text).toBe('gcx: genesys.clientSecret: missing');
    expect(explain(error, running).document).toMatchObject({ error: { message: 'genesys.clientSecret: missing', problems: [{ where: 'genesys.clientSecret', what: 'missing' }] } });
    const leaking = explain(new ConfigError([{ where: 'https://u:canary@host', what: 'client_secret=canary' }, { where: 'cursor=canary', what: 'x' }]), running);
    expect(leaking.text + JSON.stringify(leaking.document)).not.toContain('canary');
  });

  it('shows the stack of a bug and asks to report it', () => {
    const { text } = explain(new TypeError('x is not a function'), running);
    expect(text).toMatch(/^gcx: unexpected error\n {2}TypeError: x is not a function\n {6}at /);
    expect(text).toContain('please report it');
  });

  it('takes the reason of a stop for an interruption, and only then', () => {
    const stopped = new AbortController();
    stopped.abort('SIGTERM');
    const { exitCode, text } = explain('SIGTERM', stopped.signal);
    expect([exitCode, text.split('\n')[0]]).toEqual([130, 'gcx: stopped by SIGTERM']);
    expect(explain(new DOMException('aborted', 'AbortError'), stopped.signal).exitCode).toBe(130);
    expect(explain(new DOMException('aborted', 'AbortError'), running).exitCode).toBe(1);
    expect(explain(new TypeError('x'), stopped.signal).exitCode).toBe(1);
  });

  it('shows no secret and no control character of any message', () => {
    const told = explain(new HttpError('GET https://u:p@api.example.com/a?cursor=canary \u001b[31m Bearer canary-token client_secret=canary', { remedy: 'token=x access_token: canary' }), running);
    const everything = told.text + JSON.stringify(told.document);
    expect(everything).not.toContain('canary');
    expect(everything).not.toContain('\u001b');
    expect(everything).not.toContain('u:p@');
    expect(explain(new Error('Bearer canary-token'), running).text).not.toContain('canary');
  });
});
