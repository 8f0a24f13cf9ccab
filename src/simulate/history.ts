import type { Lifetime } from './lifetime.js';

/** A JSON object in the making. A bigint is written as an integer literal. */
export type WireObject = Record<string, unknown>;

/** A participant attribute and when it was set last. */
export interface AttributeHistory {
  readonly name: string;
  /** The full value; analytics cuts it. */
  readonly value: string;
  readonly setMs: number;
}

/** A metric, posted at an instant; reprocessing may correct its value later. */
export interface MetricHistory {
  readonly emitMs: number;
  readonly name: string;
  readonly value: number | bigint;
  readonly revised?: { readonly atMs: number; readonly value: number };
}

/** A segment, and what is known of it only once it has ended. */
export interface SegmentHistory {
  readonly startMs: number;
  /** Absent: it never ends. */
  readonly endMs: number | undefined;
  /** When analytics shows it: its start, or days later for a late wrap-up. */
  readonly visibleMs: number;
  readonly type: string;
  readonly conference: boolean;
  readonly disconnectType?: string;
  readonly errorCode?: string;
  readonly queueId?: string;
  readonly wrapUpCode?: string;
  readonly wrapUpNote?: string;
  /** Further fields, known and unknown to any model. */
  readonly extra?: WireObject;
}

/** A session. */
export interface SessionHistory {
  readonly startMs: number;
  /** Scalars in alphabetical order; `mediaType` among them. */
  readonly head: WireObject;
  readonly mediaEndpointStats?: readonly WireObject[];
  readonly flow?: WireObject;
  readonly metrics: readonly MetricHistory[];
  readonly segments: readonly SegmentHistory[];
}

/** A participant. */
export interface ParticipantHistory {
  readonly id: string;
  readonly joinMs: number;
  readonly purpose: string;
  /** Scalars in alphabetical order; `purpose` among them. */
  readonly head: WireObject;
  readonly sessions: readonly SessionHistory[];
  readonly attributes: readonly AttributeHistory[];
}

/** Something that attaches to a conversation days later. */
export interface LateRecord {
  readonly atMs: number;
  readonly fields: WireObject;
}

/** Everything that ever happens to a conversation, each thing with its instant: what is visible is a function of this and a time. */
export interface ConversationHistory {
  readonly index: number;
  readonly id: string;
  readonly startMs: number;
  readonly life: Lifetime;
  readonly divisionIds: readonly string[];
  readonly originatingDirection: string;
  readonly externalTag?: string;
  /** Further scalars, known and unknown to any model. */
  readonly extra?: WireObject;
  /** `undefined`: the field itself is missing. */
  readonly participants: readonly ParticipantHistory[] | undefined;
  readonly evaluations: readonly LateRecord[];
  readonly surveys: readonly LateRecord[];
  /** From here on analytics shows the same for ever. */
  readonly lastChangeMs: number;
  /** Some integer is larger than 2^53. */
  readonly hasBigInteger: boolean;
}
