import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Fault } from '../../src/simulate/faults.js';
import type { Answered, Ask, SeenRequest, TortureSimulatorOptions } from './simulatorProcess.js';

/** The simulator in a process of its own, so that killing exporters is all that can disturb them. */
export interface SimulatorHandle {
  readonly baseUrl: string;
  /** From now on these faults, and no others. */
  setFaults(faults: readonly Fault[]): Promise<void>;
  /** Requests seen since the last call. @throws where the imitation itself failed */
  takeRequests(): Promise<readonly SeenRequest[]>;
  stop(): Promise<void>;
}

/** Starts it and waits until it listens. */
export const startSimulatorHandle = async (options: TortureSimulatorOptions): Promise<SimulatorHandle> => {
  const module = fileURLToPath(new URL('simulatorProcess.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', module, JSON.stringify(options)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [baseUrl] = (await once(child, 'message')) as [string];
  const ask = async (question: Ask): Promise<Answered> => {
    const answer = once(child, 'message') as Promise<[Answered]>;
    child.send(question);
    const [answered] = await answer;
    if (answered.defects.length > 0) throw new Error(`the simulator failed: ${answered.defects.join('; ')}`);
    return answered;
  };
  return {
    baseUrl,
    async setFaults(faults) {
      await ask({ type: 'faults', faults });
    },
    takeRequests: async () => (await ask({ type: 'take' })).requests,
    async stop() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
};
