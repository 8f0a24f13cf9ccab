import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { LaneWork } from '../../src/run/laneWork.js';
import { SinkError } from '../../src/model/errors.js';
import { serveLane } from '../../src/run/serveLane.js';

const open: MessagePort[] = [];
const channel = async (work: LaneWork): Promise<MessagePort> => {
  const { port1, port2 } = new MessageChannel();
  open.push(port1);
  serveLane(port2, work);
  expect(await once(port1, 'message')).toEqual(['ready']);
  return port1;
};
afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

const notAsked = (): never => {
  throw new Error('not asked for');
};
const idle: LaneWork = { decodePage: notAsked, writeTable: notAsked, encodeLooks: notAsked };

describe('a lane', () => {
  it('answers a request that fails with the error, and goes on', async () => {
    const port = await channel({
      ...idle,
      async encodeLooks(looks) {
        if (looks.length === 0) throw new SinkError('no looks', { remedy: 'look' });
        return Uint8Array.of(looks.length);
      },
    });
    port.postMessage({ id: 0, type: 'looks', looks: [] });
    port.postMessage({ id: 1, type: 'looks', looks: [{}] });
    const answers: unknown[] = [];
    while (answers.length < 2) answers.push(...((await once(port, 'message')) as unknown[]));
    expect(answers).toMatchObject([{ id: 0, error: { name: 'SinkError', message: 'no looks', remedy: 'look' } }, { id: 1, value: Uint8Array.of(1) }]);
  });

  it.each([[true, 1], [false, 2]])('gives back the memory of a page (block in the room that came with it: %s)', async (fits, spares) => {
    const port = await channel({
      ...idle,
      decodePage: async (_body, _kind, _label, room) => ({
        envelope: { conversationCount: 0 },
        listHash: '',
        content: { block: new Uint8Array(fits && room !== undefined ? room : new ArrayBuffer(8), 0, 8), rows: 0, rejects: [], replacedText: 0, repeatedKeys: 0 },
      }),
    });
    const body = new Uint8Array(64);
    const room = new ArrayBuffer(16);
    port.postMessage({ id: 7, type: 'page', body, kind: 'next-page-url', label: 'page 1', room }, [body.buffer, room]);
    const [answer] = (await once(port, 'message')) as [{ readonly id: number; readonly spare: readonly ArrayBuffer[] }];
    expect(answer.id).toBe(7);
    expect(answer.spare.map((piece) => piece.byteLength)).toEqual([64, 16].slice(0, spares));
  });
});
