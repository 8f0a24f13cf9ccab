import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { LaneWork } from '../../src/run/laneWork.js';
import type { TableJob, WrittenPart } from '../../src/run/lanes.js';
import { SinkError } from '../../src/model/errors.js';
import { serveLane } from '../../src/run/serveLane.js';

const open: MessagePort[] = [];
const channel = (work: LaneWork): MessagePort => {
  const { port1, port2 } = new MessageChannel();
  open.push(port1);
  serveLane(port2, work);
  return port1;
};
afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

const tableJob = (table: TableJob['table']): TableJob => ({
  table, format: 'parquet', attemptId: 'a', partition: '2026-01-05', order: { blocks: { files: [], places: new Uint32Array(0) }, count: 0, entries: new Uint32Array(0) },
});

describe('a lane', () => {
  it('writes one table after the other, also after one that failed', async () => {
    const events: string[] = [];
    const work: LaneWork = {
      decodePage: () => {
        throw new Error('not asked for');
      },
      async writeTable({ table }): Promise<readonly WrittenPart[]> {
        events.push(`${table} begun`);
        await new Promise((resolve) => setImmediate(resolve));
        events.push(`${table} ended`);
        if (table === 'participants') throw new SinkError('disk full');
        return [];
      },
    };
    const port1 = channel(work);
    const tables = ['conversations', 'participants', 'sessions'] as const;
    tables.forEach((table, id) => {
      port1.postMessage({ id, type: 'table', job: tableJob(table) });
    });
    const answers: unknown[] = [];
    while (answers.length < tables.length) answers.push(...((await once(port1, 'message')) as unknown[]));
    expect(events).toEqual(tables.flatMap((table) => [`${table} begun`, `${table} ended`]));
    expect(answers).toMatchObject([{ id: 0, value: [] }, { id: 1, error: { name: 'SinkError' } }, { id: 2, value: [] }]);
  });

  it.each([[true, 1], [false, 2]])('gives back the memory of a page (block in the room that came with it: %s)', async (fits, spares) => {
    const port = channel({
      decodePage: async (_body, _kind, _label, room) => ({
        envelope: { conversationCount: 0 },
        listHash: '',
        content: { block: new Uint8Array(fits && room !== undefined ? room : new ArrayBuffer(8), 0, 8), rows: 0, rejects: [], replacedText: 0, repeatedKeys: 0 },
      }),
      writeTable: async () => [],
    });
    const body = new Uint8Array(64);
    const room = new ArrayBuffer(16);
    port.postMessage({ id: 7, type: 'page', body, kind: 'next-page-url', label: 'page 1', room }, [body.buffer, room]);
    const [answer] = (await once(port, 'message')) as [{ readonly id: number; readonly spare: readonly ArrayBuffer[] }];
    expect(answer.id).toBe(7);
    expect(answer.spare.map((piece) => piece.byteLength)).toEqual([64, 16].slice(0, spares));
  });
});
