/** Whose attributes count as the user's. */
export interface ParticipantPolicy {
  /** Participant purposes that are exported to `participant_attributes`, or all of them. */
  readonly purposes: readonly string[] | 'all';
  /** `first`: only the earliest participant of those purposes in each conversation. */
  readonly which: 'all' | 'first';
}
