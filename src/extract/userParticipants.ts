import type { Conversation, Participant } from '../model/conversation.js';
import type { ParticipantPolicy } from '../model/participantPolicy.js';

const NEVER = Number.POSITIVE_INFINITY;

/** When a participant's first segment began; never, where the answer does not say. */
const firstSegmentMs = ({ sessions }: Participant): number => {
  let first = NEVER;
  for (const { segments } of sessions) for (const { segmentStart } of segments) if (segmentStart !== null && segmentStart < first) first = segmentStart;
  return first;
};

/**
 * The participants whose attributes count as the user's.
 *
 * Shape: in the answer's order. With `which: first` at most one: the one whose first segment began earliest, and of equals the first in the answer.
 * Why not participants[0]: their order is not chronological, and several can be customers (API document, sections 9 and 3).
 */
export const userParticipants = (conversation: Conversation, policy: ParticipantPolicy): readonly Participant[] => {
  const { purposes } = policy;
  const chosen = purposes === 'all' ? conversation.participants : conversation.participants.filter(({ purpose }) => purposes.includes(purpose ?? ''));
  if (policy.which === 'all' || chosen.length <= 1) return chosen;
  let best = chosen[0]!;
  let bestMs = firstSegmentMs(best);
  for (const participant of chosen.slice(1)) {
    const ms = firstSegmentMs(participant);
    if (ms < bestMs) [best, bestMs] = [participant, ms];
  }
  return [best];
};
