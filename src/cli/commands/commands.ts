import type { Command } from '../command.js';
import { backfill } from './backfill.js';
import { compare } from './compare.js';
import { demo } from './demo.js';
import { doctor } from './doctor.js';
import { plan } from './plan.js';
import { preview } from './preview.js';
import { reference } from './reference.js';
import { run } from './run.js';
import { schedule } from './schedule.js';
import { simulate } from './simulate.js';
import { status } from './status.js';
import { verify } from './verify.js';

/** Every command, in the order of `gcx --help`. */
export const COMMANDS: readonly Command[] = [run, backfill, plan, status, verify, compare, preview, schedule, doctor, simulate, demo, reference];
