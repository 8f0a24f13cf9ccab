/*
 * A conversation as the tables see it: one spelling, instants as numbers, everything checked.
 * What the API left out, or gave as null, is null or an empty list here.
 */

/** Names and values, each name once, in the answer's order. Shape: value i belongs to name i. */
export interface Attributes {
  readonly names: readonly string[];
  readonly values: readonly string[];
}

/** A segment of a session. Source: AnalyticsConversationSegment. */
export interface Segment {
  /** Units: UTC epoch milliseconds, as of all instants here. */
  readonly segmentStart: number | null;
  readonly segmentEnd: number | null;
  readonly segmentType: string | null;
  readonly disconnectType: string | null;
  readonly queueId: string | null;
  readonly wrapUpCode: string | null;
  readonly wrapUpNote: string | null;
  readonly conference: boolean | null;
  readonly errorCode: string | null;
}

/** A metric that a session emitted. Source: AnalyticsSessionMetric. */
export interface SessionMetric {
  readonly emitDate: number | null;
  readonly name: string;
  /** A whole number of 64 bits, exact. */
  readonly value: number | bigint;
}

/** The flow that a session ran through. Source: AnalyticsFlow. */
export interface Flow {
  readonly flowId: string | null;
  readonly flowName: string | null;
  readonly flowType: string | null;
  readonly exitReason: string | null;
}

/** A session of a participant. Source: AnalyticsSession. */
export interface Session {
  readonly sessionId: string;
  /** `mediaType`, or `channelType` in the other spelling. */
  readonly mediaType: string | null;
  readonly direction: string | null;
  readonly provider: string | null;
  readonly ani: string | null;
  readonly dnis: string | null;
  readonly addressFrom: string | null;
  readonly addressTo: string | null;
  readonly messageType: string | null;
  readonly outboundCampaignId: string | null;
  readonly flow: Flow | null;
  readonly segments: readonly Segment[];
  readonly metrics: readonly SessionMetric[];
}

/** A participant. Source: AnalyticsParticipant. */
export interface Participant {
  readonly participantId: string;
  /** `purpose`, or `role` in the other spelling. */
  readonly purpose: string | null;
  readonly userId: string | null;
  readonly participantName: string | null;
  readonly externalContactId: string | null;
  readonly externalOrganizationId: string | null;
  readonly teamId: string | null;
  readonly sessions: readonly Session[];
  readonly attributes: Attributes;
}

/** A conversation. Source: AnalyticsConversation in analytics-conversation.schema.json. */
export interface Conversation {
  /** Always usable as a key; so are the ids of participants and sessions, which may be empty. */
  readonly conversationId: string;
  readonly conversationStart: number | null;
  readonly conversationEnd: number | null;
  readonly originatingDirection: string | null;
  readonly divisionIds: readonly string[];
  readonly externalTag: string | null;
  /** `mediaType`, or `channelType` in the other spelling. */
  readonly mediaType: string | null;
  readonly participants: readonly Participant[];
}

/**
 * Parts of a conversation that not every table needs. What a job's tables do not need is not read from its pages: it is null or empty then,
 * and nothing but its being JSON is checked.
 */
export interface ConversationParts {
  /** Of participants more than id, purpose, attributes and sessions. */
  readonly participantDetails: boolean;
  /** Of sessions more than id and media type. */
  readonly sessionDetails: boolean;
  readonly segments: boolean;
  readonly metrics: boolean;
  /** Rows are told apart by their participant: no two of a conversation may share an id. */
  readonly participantKeys: boolean;
  /** Rows are told apart by their session: no two of a participant may share an id. */
  readonly sessionKeys: boolean;
}

/** A value of an attribute may be so long. Analytics cuts at 1,024 characters; whatever is a thousand times longer is no attribute. Units: bytes of JSON. */
export const LONGEST_ATTRIBUTE = 16 * 1024 * 1024;
/** A participant may have so many attributes. Analytics sets no limit. */
export const MOST_ATTRIBUTES = 500_000;
