import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { BEFORE_REQUESTS, readResources, tuneLanes } from '../../src/cli/laneTuning.js';

const MIB = 1024 * 1024;
const ROOMY = { processors: 8, memoryLimit: 0, heapLimit: 4096 * MIB, engine: 11 };

describe('lanes', () => {
  it.each([
    ['nothing limits memory', ROOMY, 8],
    ['a container of 2 GiB', { ...ROOMY, memoryLimit: 2048 * MIB }, 8],
    ['a container of 384 MiB', { ...ROOMY, memoryLimit: 384 * MIB }, 1],
    ['--max-old-space-size=128', { ...ROOMY, heapLimit: 180 * MIB }, 1],
  ])('are as many as memory allows: %s', (_name, resources, threads) => {
    expect(tuneLanes(resources).threads).toBe(threads);
  });

  it.each([['roomy', ROOMY.heapLimit], ['tight', 180 * MIB]])('are given only flags that the engine knows: it would complain on stderr (%s)', (_name, heapLimit) => {
    const { engine } = readResources();
    const { flags, laneFlags, whenRead } = tuneLanes({ ...ROOMY, heapLimit, engine });
    const { stderr } = spawnSync(process.execPath, ['-e', `for (const flag of ${JSON.stringify([...BEFORE_REQUESTS, ...flags, ...laneFlags, ...whenRead])}) require('node:v8').setFlagsFromString(flag)`], { encoding: 'utf8' });
    expect(flags).not.toEqual([]);
    expect(laneFlags.length).toBe(heapLimit === ROOMY.heapLimit ? 1 : 0);
    expect(stderr).toBe('');
    expect(tuneLanes({ ...ROOMY, heapLimit, engine: 12 }).flags.join()).not.toContain('interrupt-budget');
  });

  it('are counted by what this machine has', () => {
    const { processors, memoryLimit, heapLimit, engine } = readResources();
    expect(processors).toBeGreaterThan(0);
    expect(memoryLimit).toBeGreaterThanOrEqual(0);
    expect(heapLimit).toBeGreaterThan(MIB);
    expect(engine).toBeGreaterThanOrEqual(11);
  });
});
