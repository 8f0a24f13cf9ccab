import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errnoCode } from '../../model/errnoCode.js';
import { ConfigError, EXIT } from '../../model/errors.js';
import type { Command, CommandContext } from '../command.js';

const DAY_MS = 86_400_000;

const readFaults = async ({ args, world }: CommandContext): Promise<{ readonly where: string; readonly text: string } | undefined> => {
  const file = args.text('faults');
  if (file === undefined) return undefined;
  try {
    return { where: file, text: await readFile(resolve(world.cwd, file), 'utf8') };
  } catch (error) {
    throw new ConfigError([{ where: '--faults', what: `the file cannot be read (${errnoCode(error) ?? 'unknown'})` }], { cause: error, remedy: 'Give the path of a YAML or JSON file of faults.' });
  }
};

const untilStopped = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => { done(); }, { once: true });
  });

const readSimulation = ({ args, world }: CommandContext) => {
  const days = args.whole('days', { min: 1, max: 3650 }) ?? 7;
  const found = {
    port: args.whole('port', { min: 0, max: 65_535 }) ?? 0,
    seed: args.whole('seed', { min: 0, max: 4_294_967_295 }) ?? 1,
    days,
    conversationsPerDay: args.whole('conversations-per-day', { min: 0, max: 10_000_000 }) ?? 1000,
    from: (args.date('from') ?? new Date(world.clock.nowMs() - days * DAY_MS).toISOString()).slice(0, 10),
    requestsPerMinute: args.whole('requests-per-minute', { min: 0, max: 1_000_000 }) ?? 300,
    latencyMs: args.whole('latency', { min: 0, max: 600_000 }) ?? 0,
    size: args.oneOf('size', ['small', 'large'] as const) ?? 'small',
  };
  args.check();
  return found;
};

/**
 * `gcx simulate`: serves the bundled imitation of the API until it is stopped.
 *
 * Shape of the JSON, printed when it listens: `{command, baseUrl, port, clientId, clientSecret, from, days, conversationsPerDay, seed}`.
 */
export const simulate: Command = {
  name: 'simulate',
  positional: '',
  summary: 'serve the bundled imitation of the API on loopback, until stopped',
  options: {
    port: { describe: 'port to listen on; 0 is any free one', value: 'N', fallback: '0' },
    seed: { describe: 'the same seed gives the same data', value: 'N', fallback: '1' },
    from: { describe: 'first day of the data', value: 'DATE', fallback: 'so that yesterday is the last' },
    days: { describe: 'days of data', value: 'N', fallback: '7' },
    'conversations-per-day': { describe: 'conversations that start on each day', value: 'N', fallback: '1000' },
    size: { describe: 'small or large conversations: about 3 or 15 KB of JSON', value: 'SIZE', fallback: 'small' },
    'requests-per-minute': { describe: 'rate limit of a token; 0 is none', value: 'N', fallback: '300' },
    latency: { describe: 'milliseconds before each answer', value: 'MS', fallback: '0' },
    faults: { describe: 'YAML or JSON file of faults to play', value: 'FILE' },
  },
  examples: [['simulate --port 8123 --days 30', 'a month of data on a fixed port']],
  async handle(context) {
    const { world, screen } = context;
    const wanted = readSimulation(context);
    const { createDataset } = await import('../../simulate/dataset.js');
    const { startSimulator } = await import('../../simulate/server.js');
    const { parseFaults } = await import('../../simulate/faultFile.js');
    const script = await readFaults(context);
    const faults = script === undefined ? [] : parseFaults(script.text, script.where);
    const { port, seed, days, from, conversationsPerDay, requestsPerMinute, latencyMs, size } = wanted;
    const client = { clientId: 'demo', clientSecret: 'demo' };
    const dataset = createDataset({ seed, from, days, conversationsPerDay, size });
    const simulator = await startSimulator({ port, clock: world.clock, dataset, requestsPerMinute, latencyMs, faults, ...client });
    try {
      screen.print(
        [
          `serving an imitation of the Genesys Cloud API on ${simulator.baseUrl}`,
          `${String(days)} days from ${from}, ${String(conversationsPerDay)} conversations a day, seed ${String(seed)}`,
          `client id ${client.clientId}, client secret ${client.clientSecret}`,
          '',
          'in another terminal:',
          `  export GENESYS_BASE_URL=${simulator.baseUrl} GENESYS_CLIENT_ID=${client.clientId} GENESYS_CLIENT_SECRET=${client.clientSecret}`,
          context.asTyped('  gcx run nightly'),
          '',
          'stop with Ctrl-C',
        ].join('\n'),
      );
      screen.document({ command: 'simulate', baseUrl: simulator.baseUrl, port: simulator.port, ...client, from, days, conversationsPerDay, seed });
      await untilStopped(world.signal);
    } finally {
      await simulator.close();
    }
    return EXIT.done;
  },
};
