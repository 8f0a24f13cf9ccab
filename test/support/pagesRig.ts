import { startFaultRig, type FaultRig } from './faultRig.js';
import { whenFileEnds } from './leftovers.js';
import { startPageServer, type PageServer } from './pageServer.js';

/** Cases to export into, and a server of literal pages to export from. */
export interface PagesRig {
  readonly rig: FaultRig;
  readonly server: PageServer;
}

/** Starts both, for the tests of a file; they are gone when it is done. */
export const startPagesRig = async (): Promise<PagesRig> => {
  const [rig, server] = await Promise.all([startFaultRig(), startPageServer()]);
  whenFileEnds(async () => {
    await server.close();
    await rig.close();
  });
  return { rig, server };
};
