import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SinkError } from '../../src/model/errors.js';
import type { Reject } from '../../src/model/journal.js';
import { writeRejects } from '../../src/sink/rejectsFile.js';
import { diskFiles } from '../support/diskFiles.js';
import { failNth, sweepFailures } from '../support/failingFiles.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

const DAY = 'dt=2026-01-05';
const reject = (record: string): Reject => ({ conversationId: 'c', path: 'conversations[0].x', reason: 'is no text', record });

async function* stream(...rejects: readonly Reject[]): AsyncGenerator<Reject, void, void> {
  for (const each of rejects) yield await Promise.resolve(each);
}

describe('file of rejected records', () => {
  it('holds one JSON object a line, the record as it came', async () => {
    const folder = await temporaryFolder();
    const rejects = [reject('{"__proto__":9007199254740993,"a":"\\n"}'), reject('{"x":"' + 'y'.repeat(600_000) + '"}'), { ...reject('null'), conversationId: null }];
    const written = await writeRejects(diskFiles, folder, DAY, 'a1', stream(...rejects));
    const text = await readFile(join(folder, written.path), 'utf8');
    expect(written).toEqual({ path: `_rejects/${DAY}/a1.ndjson`, bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') });
    expect(text.split('\n').slice(0, -1).map((line) => JSON.parse(line) as unknown)).toEqual(rejects);
    expect(text.endsWith('\n')).toBe(true);
  });

  it('replaces what the same attempt wrote before', async () => {
    const folder = await temporaryFolder();
    await writeRejects(diskFiles, folder, DAY, 'a1', stream(reject('1'), reject('2')));
    const { bytes, path } = await writeRejects(diskFiles, folder, DAY, 'a1', stream(reject('1')));
    expect(await readFile(join(folder, path))).toHaveLength(bytes);
    expect(await readdir(join(folder, `_rejects/${DAY}`))).toEqual(['a1.ndjson']);
  });

  it('is whole or not there, whichever call fails', async () => {
    await sweepFailures({ code: 'ENOSPC', modes: ['before', 'torn'] }, (plan) => failNth(diskFiles, plan), async (files) => {
      const folder = await temporaryFolder();
      const result: unknown = await writeRejects(files, folder, DAY, 'a1', stream(reject('1'))).catch((error: unknown) => error);
      if (files.failed !== undefined) expect(result).toBeInstanceOf(SinkError);
      const names = await diskFiles.list(join(folder, `_rejects/${DAY}`));
      expect(names.filter((name) => name !== 'a1.ndjson')).toEqual([]);
      for (const name of names) expect(await readFile(join(folder, `_rejects/${DAY}`, name), 'utf8')).toMatch(/\}\n$/);
    });
  });

  it('leaves nothing when the records break off', async () => {
    const folder = await temporaryFolder();
    const broken = async function* (): AsyncGenerator<Reject, void, void> {
      yield await Promise.resolve(reject('1'));
      throw new Error('the journal is damaged');
    };
    await expect(writeRejects(diskFiles, folder, DAY, 'a1', broken())).rejects.toThrow('the journal is damaged');
    expect(await readdir(join(folder, `_rejects/${DAY}`))).toEqual([]);
  });
});
