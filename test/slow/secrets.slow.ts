import { afterAll, beforeAll, describe, it } from 'vitest';
import { exportsSilently, SECOND_PAGES } from '../support/canaryExport.js';
import { startHostileServer, type HostileServer } from '../support/hostileServer.js';

let server: HostileServer;
beforeAll(async () => {
  server = await startHostileServer();
});
afterAll(() => server.close());

describe('no secret leaves the process', () => {
  it.each(Object.keys(SECOND_PAGES))('#51 when page 2 is %s: not in stdout, stderr at debug level, a manifest, a failure record, a lock or a file name; and the token goes to its origin only', async (what) => {
    await exportsSilently(server, what);
  });
});
