import { MessageChannel } from 'node:worker_threads';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { LaneWork } from '../../src/run/laneWork.js';
import type { TableJob, WrittenPart } from '../../src/run/lanes.js';
import { SinkError } from '../../src/model/errors.js';
import { serveLane } from '../../src/run/serveLane.js';

const { port1, port2 } = new MessageChannel();
afterEach(() => {
  port1.close();
});

const tableJob = (table: TableJob['table']): TableJob => ({
  table, format: 'parquet', attemptId: 'a', partition: '2026-01-05', order: { blocks: [], block: new Uint32Array(0), conversation: new Uint32Array(0) },
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
    serveLane(port2, work);
    const tables = ['conversations', 'participants', 'sessions'] as const;
    tables.forEach((table, id) => {
      port1.postMessage({ id, type: 'table', job: tableJob(table) });
    });
    const answers: unknown[] = [];
    while (answers.length < tables.length) answers.push(...((await once(port1, 'message')) as unknown[]));
    expect(events).toEqual(tables.flatMap((table) => [`${table} begun`, `${table} ended`]));
    expect(answers).toMatchObject([{ id: 0, value: [] }, { id: 1, error: { name: 'SinkError' } }, { id: 2, value: [] }]);
  });
});
