import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createProcessTable, readBootId } from '../../src/state/processTable.js';

const hasProc = existsSync('/proc/self/stat');

describe('createProcessTable', () => {
  const table = createProcessTable();

  it('knows this process', () => {
    expect(table.isAlive(process.pid)).toBe(true);
  });

  it('knows that a process has ended', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    expect(table.isAlive(child.pid!)).toBe(false);
    expect(table.startTicks(child.pid!)).toBeUndefined();
  });

  it.runIf(hasProc)('gives the same start for the same process and a later one for a later process', async () => {
    const own = table.startTicks(process.pid);
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    try {
      await once(child, 'spawn');
      expect(table.startTicks(process.pid)).toBe(own);
      expect(table.startTicks(child.pid!)).toBeGreaterThan(own!);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });

  it.runIf(hasProc)('knows the boot', () => {
    expect(readBootId()).toMatch(/^[0-9a-f-]{36}$/);
  });
});
