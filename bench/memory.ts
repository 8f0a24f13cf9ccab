import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulatorProcess } from './childProcess.js';
import { runExport } from './exportCommand.js';

/*
 * Prints the peak resident set of an export of one partition of 100,000 and of 300,000 conversations:
 *   npm run memory [-- conversations …] [--tables a,b,c]
 */

const numbers = process.argv.slice(2).filter((argument) => /^\d+$/.test(argument)).map(Number);
const tables = process.argv.find((argument) => argument.startsWith('--tables='))?.slice('--tables='.length).split(',');
const sizes = numbers.length > 0 ? numbers : [100_000, 300_000];

for (const conversations of sizes) {
  const folder = await mkdtemp(join(tmpdir(), 'gcx-memory-'));
  const server = await startSimulatorProcess({ seed: 1, from: '2026-01-05', days: 1, conversationsPerDay: conversations, nowMs: Date.UTC(2026, 5, 1) });
  try {
    const usage = await runExport({
      folder,
      baseUrl: server.baseUrl,
      job: { source: { kind: 'next-page-url' }, lookback: '0s', ...(tables === undefined ? {} : { tables }) },
      from: '2026-01-05',
      to: '2026-01-06',
    });
    if (usage.exitCode !== 0) throw new Error(`exit ${String(usage.exitCode)}: ${usage.stderr}`);
    process.stdout.write(
      `${String(conversations)} conversations in one partition: peak RSS ${usage.peakRssMiB.toFixed(0)} MiB, wall ${usage.wallS.toFixed(1)} s, CPU ${(usage.userS + usage.systemS).toFixed(1)} s\n`,
    );
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
