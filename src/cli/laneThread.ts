import { parentPort, workerData } from 'node:worker_threads';
import { createLaneWork } from '../run/laneWork.js';
import { serveLane } from '../run/serveLane.js';
import { laneParts, type LaneData } from './laneParts.js';
import { setFlags } from './laneTuning.js';

// The module that a lane thread runs: the composition root on its side.
if (parentPort !== null) {
  const { facts, flags } = workerData as LaneData;
  setFlags(flags);
  serveLane(parentPort, createLaneWork(laneParts(facts)));
}
