/** A segment as analytics answers it. */
export interface AnalyticsSegment {
  readonly segmentStart: string;
  readonly segmentEnd?: string;
  readonly segmentType: string;
  readonly conference?: boolean;
  readonly disconnectType?: string;
  readonly errorCode?: string;
  readonly queueId?: string;
  readonly wrapUpCode?: string;
  readonly wrapUpNote?: string;
}

/** A metric as analytics answers it; a bigint where a number would not be exact. */
export interface AnalyticsMetric {
  readonly emitDate: string;
  readonly name: string;
  readonly value: number | bigint;
}

/** A session as analytics answers it: `mediaType` in the public spelling, `channelType` in the other. */
export interface AnalyticsSession {
  readonly sessionId: string;
  readonly mediaType?: string;
  readonly channelType?: string;
  readonly direction?: string;
  readonly metrics?: readonly AnalyticsMetric[];
  readonly segments?: readonly AnalyticsSegment[];
}

/** A participant as analytics answers it: `purpose` in the public spelling, `role` in the other. */
export interface AnalyticsParticipant {
  readonly participantId: string;
  readonly purpose?: string;
  readonly role?: string;
  readonly userId?: string;
  readonly sessions?: readonly AnalyticsSession[];
  readonly attributes?: Readonly<Record<string, string>>;
}

/** A conversation as analytics answers it: the fields that tests look at; there are more. */
export interface AnalyticsConversation {
  readonly conversationId: string;
  readonly conversationStart: string;
  readonly conversationEnd?: string;
  readonly channelType?: string;
  readonly divisionIds?: readonly string[];
  readonly externalTag?: string;
  readonly originatingDirection?: string;
  readonly participants?: readonly AnalyticsParticipant[];
}

/** How a protocol shows conversations. */
export interface Showing {
  /** What happened up to then is visible. Units: UTC epoch milliseconds. */
  readonly asOfMs: number;
  /** Participants carry their attributes, names and values cut. */
  readonly attributes: boolean;
  /** `gateway`: `role` for purpose, `channelType` for mediaType, and a channelType on the conversation. */
  readonly spelling: 'public' | 'gateway';
}
