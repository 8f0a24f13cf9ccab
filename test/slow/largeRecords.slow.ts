import { join } from 'node:path';
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

const GOOD = conversationText(1);

describe('large records', () => {
  it('#27 a value of 8 MiB and 100,000 attributes in one conversation are exported in full', async () => {
    const one = await rig.newCase();
    const many = JSON.stringify(Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`name ${String(i)}`, String(i)])));
    const attempt = await exportPages(server, one, pageText([conversationText(1, `{"long":"${'x'.repeat(8 * 1024 * 1024)}"}`), conversationText(2, many)]));
    expect([attempt.exitCode, attempt.counts?.rows.participant_attributes]).toEqual([0, 100_001]);
    const [facts] = await duck(`SELECT count(DISTINCT name)::INT AS names, max(length(value))::INT AS longest FROM read_parquet('${join(one.folder, 'parquet/participant_attributes/*/*.parquet')}')`);
    expect(facts).toEqual({ names: 100_001, longest: 8 * 1024 * 1024 });
    expect(await one.errors()).toEqual([]);
  });

  it('#27 half a million attributes of one participant are no conversation: the partition fails, or it is set aside and counted', async () => {
    const beyond = JSON.stringify(Object.fromEntries(Array.from({ length: 500_001 }, (_, i) => [`n${String(i)}`, 'canary-value'])));
    const page = pageText([GOOD, conversationText(2, beyond)]);
    const failing = await rig.newCase();
    const failed = await exportPages(server, failing, page);
    expect(failed.exitCode).toBe(4);
    expect(failed.text).toContain('entities[1].participants[0].attributes has more than 500,000 attributes');
    const one = await rig.newCase('next-page-url', { onBadRecord: 'reject' });
    const attempt = await exportPages(server, one, page);
    expect([attempt.exitCode, attempt.counts?.fetched, attempt.counts?.unique, attempt.counts?.rejects]).toEqual([0, 2, 1, 1]);
    expect(attempt.text).not.toContain('canary-value');
    expect(await one.errors()).toEqual([]);
  });
});
