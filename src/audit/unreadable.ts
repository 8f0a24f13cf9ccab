import { SinkError } from '../model/errors.js';

/** A data file that is not of its format; the message says at which place, never what stands there. Becomes a finding. */
export class Unreadable extends SinkError {}
