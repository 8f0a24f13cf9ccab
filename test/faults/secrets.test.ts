import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultAction } from '../../src/simulate/faults.js';
import { exportsSilently } from '../support/canaryExport.js';
import { LATER_PAGE, startFaultRig, type FaultRig } from '../support/faultRig.js';
import { startHostileServer, type HostileServer } from '../support/hostileServer.js';

let server: HostileServer;
let rig: FaultRig;
beforeAll(async () => {
  [server, rig] = await Promise.all([startHostileServer(), startFaultRig()]);
});
afterAll(async () => {
  await server.close();
  await rig.close();
});

describe('no secret leaves the process', () => {
  // One of many; test/slow/secrets.slow.ts has them all.
  it.each(['a link away'])('#51 when page 2 is %s: not in stdout, stderr at debug level, a manifest, a failure record, a lock or a file name; and the token goes to its origin only', async (what) => {
    await exportsSilently(server, what);
  });

  it.each([['undici', 2], ['fetch', 2], ['*', 2], ['http,net,tls,stream', 0]])('#51 with NODE_DEBUG=%s: what would print the addresses of requests is refused with exit 2, the rest prints none', async (nodeDebug, exitCode) => {
    await exportsSilently(server, 'a good page', { nodeDebug, exitCode });
  });

  it('#51 through every fault of the simulator: no attribute value of its data in any log line or report', async () => {
    const values = new Set<string>();
    for (const { participants } of rig.dataset.conversationsStartedIn({ startMs: Date.UTC(2026, 0, 5), endMs: Date.UTC(2026, 0, 6) }, rig.clock.nowMs())) {
      for (const participant of participants ?? []) for (const value of Object.values(participant.attributes ?? {})) if (value.length >= 8) values.add(value);
    }
    expect(values.size).toBeGreaterThan(20);
    const actions: readonly FaultAction[] = [
      { kind: 'status', status: 500 }, { kind: 'html' }, { kind: 'reset', afterBytes: 900 }, { kind: 'truncate', framing: 'chunked', keep: 0.5 }, { kind: 'gzip', damage: 'crc' },
      { kind: 'contentType', value: 'text/plain' }, { kind: 'nextPageUrl', to: 'self' }, { kind: 'omitConversations' }, { kind: 'duplicatePage' }, { kind: 'expireLinks' }, { kind: 'revokeToken' },
    ];
    for (const action of actions) {
      const one = await rig.newCase();
      const { text } = await one.underFaults([{ match: LATER_PAGE, action }]);
      for (const value of values) expect([action.kind, text.includes(value)]).toEqual([action.kind, false]);
    }
  });
});
