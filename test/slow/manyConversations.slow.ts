import { readdir } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { duck } from '../support/duck.js';
import type { FaultRig } from '../support/faultRig.js';
import { conversationText, exportPages, pageText, type PageServer } from '../support/pageServer.js';
import { startPagesRig } from '../support/pagesRig.js';

let rig: FaultRig;
let server: PageServer;
beforeAll(async () => {
  ({ rig, server } = await startPagesRig());
});

describe('a day of very many conversations', () => {
  it('is written in halves, one after the other as readers see them', async () => {
    const conversations = 50_000;
    const one = await rig.newCase('next-page-url', { name: 'halves', tables: ['participant_attributes', 'conversations'], formats: ['parquet', 'csv'] });
    // The first half has no attributes: their table is one file.
    const texts = Array.from({ length: conversations }, (_, n) => conversationText(n, n < conversations / 2 ? '{}' : '{"a":"1"}'));
    const pages = Array.from({ length: 25 }, (_, page) => pageText(texts.slice(page * 2000, (page + 1) * 2000), page === 24 ? undefined : page + 1));
    const attempt = await exportPages(server, one, ...pages);
    expect(attempt.counts).toMatchObject({ unique: conversations, rows: { conversations, participant_attributes: conversations / 2 } });
    expect(await one.errors()).toEqual([]);
    for (const format of ['parquet', 'csv'] as const) {
      const published = (table: string): string => `${one.folder}/${format}/${table}/dt=2026-01-05`;
      expect((await readdir(published('conversations'))).sort()).toEqual([`part-00000.${format}`, `part-00001.${format}`]);
      expect(await readdir(published('participant_attributes'))).toEqual([`part-00000.${format}`]);
      const read = (file: string): string => (format === 'parquet' ? `read_parquet('${file}')` : `read_csv('${file}', header = true)`);
      const spans = await Promise.all([0, 1].map((n) => duck(`SELECT count(*)::INT AS rows, min(conversation_id)::VARCHAR AS least, max(conversation_id)::VARCHAR AS most FROM ${read(`${published('conversations')}/part-0000${String(n)}.${format}`)}`)));
      const id = (n: number): string => /"conversationId":"([^"]+)"/.exec(texts[n]!)![1]!;
      expect(spans.flat()).toEqual([{ rows: 25_000, least: id(0), most: id(24_999) }, { rows: 25_000, least: id(25_000), most: id(49_999) }]);
    }
  });
});
