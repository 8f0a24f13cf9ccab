import { writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StateError } from '../../src/model/errors.js';
import { NONE_FOLLOWED, type Followed } from '../../src/model/glance.js';
import { createFollowedStore } from '../../src/state/followedFile.js';
import { diskFiles } from '../support/diskFiles.js';
import { failNth } from '../support/failingFiles.js';
import { createRecordingLog } from '../support/recordingLog.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

const followed: Followed = {
  conversations: [{ id: 'a', partition: 'dt=2026-01-05', fingerprint: 'f', endedMs: null }, { id: 'b', partition: 'dt=2026-01-05', fingerprint: null, endedMs: 12 }],
  due: [{ partition: 'dt=2026-01-05', reason: 'conversations-ended' }],
  looks: [{ partition: 'dt=2026-01-05', asOfMs: 56, conversations: [{ id: 'a', partition: 'dt=2026-01-05', fingerprint: 'g', endedMs: 55 }] }],
  finished: ['0123456789abcdef0123456789abcdef'],
  lookedMs: 34,
};

describe('what is known of followed conversations', () => {
  it('is read back as it was written', async () => {
    const log = createRecordingLog();
    const store = createFollowedStore(diskFiles, await temporaryFolder(), log);
    expect(await store.read()).toEqual(NONE_FOLLOWED);
    await store.write(followed);
    expect(await store.read()).toEqual(followed);
    expect(log.lines).toEqual([]);
  });

  it.each(['', '{', '[]', '{"formatVersion":2}', '{"formatVersion":1,"conversations":[{}],"due":[],"lookedMs":null}', '{"formatVersion":1,"conversations":[],"due":[],"lookedMs":0.5}'])('is nothing, and that is said, where the file holds %j', async (text) => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, '_ledger'));
    await writeFile(join(folder, '_ledger', 'followed.json'), text);
    const log = createRecordingLog();
    expect(await createFollowedStore(diskFiles, folder, log).read()).toEqual(NONE_FOLLOWED);
    expect(log.lines).toMatchObject([{ level: 'warn', facts: { file: '_ledger/followed.json' } }]);
  });

  it('is read of a file that knows of no looks', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, '_ledger'));
    const { conversations, due, lookedMs } = followed;
    await writeFile(join(folder, '_ledger', 'followed.json'), JSON.stringify({ formatVersion: 1, conversations, due, lookedMs }));
    expect(await createFollowedStore(diskFiles, folder, createRecordingLog()).read()).toEqual({ conversations, due, looks: [], finished: [], lookedMs });
  });

  it('says where it cannot be written', async () => {
    const store = createFollowedStore(failNth(diskFiles, { operation: 'open', n: 1, code: 'ENOSPC', mode: 'before', forEver: true }), await temporaryFolder(), createRecordingLog());
    await expect(store.write(followed)).rejects.toThrow(StateError);
  });
});
