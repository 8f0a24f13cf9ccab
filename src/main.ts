#!/usr/bin/env node
import { runCli } from './cli/cli.js';
import { systemWorld } from './cli/system.js';

process.exitCode = await runCli(process.argv.slice(2), systemWorld());
