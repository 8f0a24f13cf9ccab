import { expect, it } from 'vitest';
import { SinkError } from '../../src/model/errors.js';
import { stopsTheRun } from '../../src/run/failureOf.js';
import { packError, unpackError } from '../../src/run/laneProtocol.js';

const caused = (code: string): SinkError => new SinkError(`/out: it cannot be written (${code})`, { cause: Object.assign(new Error(code), { code }) });

it.each([['ENOSPC', true], ['EROFS', true], ['EIO', false]])('%s on a lane thread is known on the main one: whether it stops the run', (code, stops) => {
  const error = unpackError(structuredClone(packError(caused(code))));
  expect(error).toBeInstanceOf(SinkError);
  expect([error.message, stopsTheRun(error)]).toEqual([caused(code).message, stops]);
});
