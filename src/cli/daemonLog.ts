import type { Log } from '../model/ports.js';
import type { CommandContext } from './command.js';
import { createLog } from './log.js';

/** The daemon's log: at `info` on a terminal too, unless another level was asked for; its log is all there is to see of it. */
export const daemonLog = ({ world, args, options, lines, log }: CommandContext): Log => {
  if (args.text('log-level') !== undefined) return log;
  return createLog({ level: 'info', format: options.json ? 'json' : 'text', nowMs: () => world.clock.nowMs(), write: (line) => { lines.write(line); } });
};
