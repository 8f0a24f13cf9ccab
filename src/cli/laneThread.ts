import { parentPort, workerData } from 'node:worker_threads';
import { createLaneWork } from '../run/laneWork.js';
import { serveLane } from '../run/serveLane.js';
import { laneParts, type LaneData } from './laneParts.js';

// The module that a lane thread runs: the composition root on its side.
if (parentPort !== null) serveLane(parentPort, createLaneWork(laneParts(workerData as LaneData)));
