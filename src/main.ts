#!/usr/bin/env node
// Loaded by `import()` so that this file holds nothing else, and all of the program is as deep in dist/ as it is in src/.
const [{ runCli }, { systemWorld }] = await Promise.all([import('./cli/cli.js'), import('./cli/system.js')]);

process.exitCode = await runCli(process.argv.slice(2), systemWorld());
