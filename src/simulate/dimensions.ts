/** Dimensions that conversation filters may name. Source: ConversationDetailQueryPredicate. */
export const CONVERSATION_DIMENSIONS = [
  'accessAttribute', 'conversationEnd', 'conversationId', 'conversationInitiator', 'conversationStart', 'customerParticipation', 'divisionId', 'externalTag',
  'mediaStatsMinConversationMos', 'originatingDirection', 'originatingSocialMediaPublic',
] as const;

/** Dimensions that segment filters may name. Source: SegmentDetailQueryPredicate. */
export const SEGMENT_DIMENSIONS = (
  'addressFrom addressTo agentAssistantId agentOwned ani authenticated bargedParticipantId callbackNumber callbackScheduledTime canonicalExternalContactId cleared ' +
  'coachedParticipantId conference deliveryPushed deliveryStatus destinationAddress destinationConversationId detectedSpeechEnd detectedSpeechStart direction ' +
  'disconnectType dnis edgeId engagementSource errorCode exitReason extendedDeliveryStatus externalContactId externalOrganizationId flaggedReason flowId flowName ' +
  'flowOutType flowOutcome flowOutcomeId flowOutcomeValue flowVersion groupId journeyActionId journeyActionMapId journeyCustomerId journeyCustomerIdType ' +
  'journeyCustomerSessionId mediaCount mediaType messageType monitoredParticipantId outboundCampaignId outboundContactId outboundContactListId participantName ' +
  'protocolCallId provider purpose queueId recording remote remoteNameDisplayable requestedLanguageId requestedRouting requestedRoutingSkillId scoredAgentId ' +
  'screenMonitoredUserId screenRecording scriptId segmentEnd segmentType sessionDnis sipResponseCode skillExpressionId snippetRecording subject teamId ' +
  'transferTargetAddress transferTargetName transferType usedRouting userId wrapUpCode wrapUpNote'
).split(' ');

/** Operators of predicates. */
export const OPERATORS = ['matches', 'exists', 'notExists'] as const;

/** Dimensions whose field has another name in the answer. */
const FIELD_NAMES: Readonly<Record<string, string>> = {
  divisionId: 'divisionIds',
  accessAttribute: 'accessAttributes',
  requestedRouting: 'requestedRoutings',
  requestedRoutingSkillId: 'requestedRoutingSkillIds',
  callbackNumber: 'callbackNumbers',
  destinationAddress: 'destinationAddresses',
  sipResponseCode: 'sipResponseCodes',
};

/** The field of an answer that a dimension speaks of. */
export const fieldOf = (dimension: string): string => (Object.hasOwn(FIELD_NAMES, dimension) ? FIELD_NAMES[dimension]! : dimension);
