import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnalyticsConversation } from '../../src/simulate/analyticsModel.js';
import { aJob, LONG_AFTER, startExportRig, type ExportRig } from '../support/exportRig.js';
import { sortedRows, truthAttributes, truthOf, type TruthAttribute } from '../support/truthRows.js';

const DAY = '2026-01-05';
let rig: ExportRig;
let truth: AnalyticsConversation[];
beforeAll(async () => {
  rig = await startExportRig({ dataset: { conversationsPerDay: 150 } });
  truth = truthOf(rig.dataset, DAY, LONG_AFTER);
  const report = await rig.withJob(aJob('job-cursor'), (opened) => opened.backfill({ from: DAY, to: '2026-01-06', force: false }));
  expect(report.outcomes).toMatchObject([{ result: 'committed' }]);
});
afterAll(() => rig.close());

const read = async (table: string): Promise<Record<string, unknown>[]> => {
  const bytes = await readFile(join(rig.root, 'job-job-cursor', 'parquet', table, `dt=${DAY}`, 'part-00000.parquet'));
  return parquetReadObjects({ file: new Uint8Array(bytes).buffer, compressors });
};

/** hyparquet decodes text as the web does: a byte order mark at the beginning is dropped. */
const asRead = (text: string): string => text.replace(/^\uFEFF/, '');

const instant = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text));
const ms = (value: unknown): number | undefined => (value instanceof Date ? value.getTime() : undefined);

describe('hyparquet reads what the simulator holds', () => {
  it('in participant_attributes', async () => {
    const rows = (await read('participant_attributes')).map(({ conversation_id, participant_id, name, value }) => ({ conversation_id, participant_id, name, value })) as TruthAttribute[];
    expect(sortedRows(rows)).toEqual(sortedRows(truthAttributes(truth).map((row) => ({ ...row, name: asRead(row.name), value: asRead(row.value) }))));
  });

  it('in conversations', async () => {
    const rows = new Map((await read('conversations')).map((row) => [row['conversation_id'], row]));
    expect(rows.size).toBe(truth.length);
    for (const conversation of truth) {
      const row = rows.get(conversation.conversationId)!;
      expect([ms(row['conversation_start']), ms(row['conversation_end']), row['is_open']]).toEqual([
        instant(conversation.conversationStart),
        instant(conversation.conversationEnd),
        conversation.conversationEnd === undefined,
      ]);
      expect([row['participant_count'], row['division_ids'], row['external_tag'] ?? undefined, row['originating_direction'] ?? undefined]).toEqual([
        conversation.participants?.length ?? 0,
        conversation.divisionIds ?? [],
        conversation.externalTag,
        conversation.originatingDirection,
      ]);
    }
  });

  it('in segments, in the answer’s order within a session', async () => {
    const rows = await read('segments');
    const key = (row: Record<string, unknown>): string => [row['conversation_id'], row['participant_id'], row['session_id'], row['segment_index']].join(' ');
    const found = new Map(rows.map((row) => [key(row), [ms(row['segment_start']), ms(row['segment_end']), row['segment_type'] ?? undefined, row['wrap_up_code'] ?? undefined, row['conference'] ?? undefined]]));
    const expected = truth.flatMap((c) =>
      (c.participants ?? []).flatMap((p) =>
        (p.sessions ?? []).flatMap((s) =>
          (s.segments ?? []).map((g, i) => [[c.conversationId, p.participantId, s.sessionId, i].join(' '), [instant(g.segmentStart), instant(g.segmentEnd), g.segmentType, g.wrapUpCode, g.conference]] as const),
        ),
      ),
    );
    expect(found).toEqual(new Map(expected));
    expect(rows).toHaveLength(expected.length);
  });

  it('in session_metrics, exactly', async () => {
    const total = (await read('session_metrics')).reduce((sum, row) => sum + BigInt(row['value'] as bigint), 0n);
    const expected = truth.flatMap((c) => (c.participants ?? []).flatMap((p) => (p.sessions ?? []).flatMap((s) => (s.metrics ?? []).map((m) => BigInt(m.value)))));
    expect(total).toBe(expected.reduce((sum, value) => sum + value, 0n));
  });

  it('sorted by conversation_start, then conversation_id', async () => {
    const rows = await read('participant_attributes');
    const keys = rows.map((row) => `${String(ms(row['conversation_start'])).padStart(16, '0')} ${String(row['conversation_id'])}`);
    expect(keys).toEqual([...keys].sort());
  });
});
