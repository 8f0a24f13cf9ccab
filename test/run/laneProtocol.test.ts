import { expect, it } from 'vitest';
import { MemoryError, SinkError } from '../../src/model/errors.js';
import { noMemory } from '../../src/model/noMemory.js';
import { stopsTheRun } from '../../src/run/failureOf.js';
import { packError, unpackError } from '../../src/run/laneProtocol.js';

const caused = (code: string): SinkError => new SinkError(`/out: it cannot be written (${code})`, { cause: Object.assign(new Error(code), { code }) });

it.each([['ENOSPC', true], ['EROFS', true], ['EIO', false]])('%s on a lane thread is known on the main one: whether it stops the run', (code, stops) => {
  const error = unpackError(structuredClone(packError(caused(code))));
  expect(error).toBeInstanceOf(SinkError);
  expect([error.message, stopsTheRun(error)]).toEqual([caused(code).message, stops]);
});

it('a lack of memory on a lane thread stops the run, and is no bug', () => {
  const error = unpackError(structuredClone(packError(noMemory('the rows of a CSV file', new RangeError('memory.grow')))));
  expect(error).toBeInstanceOf(MemoryError);
  expect(error).toMatchObject({ message: 'there is no memory for the rows of a CSV file', exitCode: 4, remedy: expect.stringContaining('ulimit -v') as string });
  expect(stopsTheRun(error)).toBe(true);
});
