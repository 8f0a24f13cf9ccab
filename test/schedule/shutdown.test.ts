import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createShutdown } from '../../src/schedule/shutdown.js';

describe('createShutdown', () => {
  it('aborts at the first signal with its name, and stops at once at the second of either kind', () => {
    const source = new EventEmitter();
    const stopped: string[] = [];
    const { signal } = createShutdown(source, (name) => stopped.push(name));
    expect(signal.aborted).toBe(false);
    source.emit('SIGTERM');
    expect([signal.aborted, signal.reason, stopped]).toEqual([true, 'SIGTERM', []]);
    source.emit('SIGINT');
    expect(stopped).toEqual(['SIGINT']);
  });

  it('listens no more once disposed', () => {
    const source = new EventEmitter();
    createShutdown(source, () => undefined).dispose();
    expect(source.eventNames()).toEqual([]);
  });
});
