import { ExportError, RequestRefusedError } from '../model/errors.js';
import type { ChangeReason, Followed } from '../model/glance.js';
import type { ConversationSource } from '../model/page.js';
import { followPlan, followVerdict, withCommitted, withTakenIn, type FollowPlan, type FollowQuestion, type FollowVerdict } from '../plan/follow.js';
import { failureOf, stopsTheRun } from './failureOf.js';
import { FollowMemory, type FollowMemoryPorts } from './followMemory.js';
import type { TakenIn } from './partitionPorts.js';
import type { FollowReport } from './report.js';

/** What following works with. */
export interface FollowPorts extends FollowMemoryPorts {
  readonly source: Pick<ConversationSource, 'glance'>;
  /** Requests that the source has made. */
  calls(): number;
  readonly signal: AbortSignal;
}

/** A look at the conversations that were open, before anything is exported. */
export interface FollowUp {
  /** Settled partitions to export again, by path, and why. */
  readonly reasons: ReadonlyMap<string, ChangeReason>;
  readonly report: FollowReport;
  /** Remembers how a partition's conversations looked, where it has taken that in. */
  takenIn(read: TakenIn): Promise<void>;
}

/** What to look at, and the source's mark of this run, taken before the look. Units: UTC epoch milliseconds. */
export type LookQuestion = FollowQuestion & { readonly asOfMs: number };

type Looked = Pick<FollowVerdict, 'reasons' | 'changes'> & {
  /** What is to be remembered from now on, but for what is due. */
  readonly after: Omit<Followed, 'due'>;
  readonly notice: string | null;
  readonly failure: FollowReport['failure'];
};

/** A server without this question leaves one way: to read the partitions whole. */
const UNANSWERED = 'the API does not answer for single conversations: settled partitions with open ones are read whole; openConversations.maxAge: 0d in the job turns that off';

const look = async (ports: FollowPorts, { wishes, whole }: FollowPlan, question: LookQuestion): Promise<Looked> => {
  const { known, nowMs } = question;
  const wholly = (paths: readonly string[]): [string, ChangeReason][] => paths.map((path) => [path, 'conversations-open']);
  // Partitions that nobody asks about any more are forgotten; where a look failed, nothing is.
  const asked = new Set([...whole, ...wishes.map(({ partition }) => partition)]);
  const conversations = known.conversations.filter(({ partition }) => asked.has(partition));
  try {
    const found = wishes.length === 0 ? new Map() : await ports.source.glance(wishes, ports.signal);
    const { reasons, looks, changes } = followVerdict(wishes, found, question);
    const asBefore = wishes.filter(({ partition, isSettled }) => isSettled && !reasons.has(partition)).map(({ partition }) => partition);
    const after = withTakenIn({ conversations, due: [], looks, finished: [], lookedMs: nowMs }, new Set(asBefore));
    return { reasons: new Map([...wholly(whole), ...reasons]), after, changes, notice: null, failure: null };
  } catch (error) {
    if (error instanceof RequestRefusedError) {
      ports.log.warn('open conversations cannot be looked at', { reason: error.message });
      const settled = wishes.filter(({ isSettled }) => isSettled).map(({ partition }) => partition);
      return { reasons: new Map(wholly([...whole, ...settled])), after: { conversations, looks: [], finished: [], lookedMs: nowMs }, changes: {}, notice: UNANSWERED, failure: null };
    }
    if (ports.signal.aborted || stopsTheRun(error) || !(error instanceof ExportError)) throw error;
    // What was still to be exported again is not forgotten; the rest is looked at by the next run.
    const reasons = new Map([...wholly(whole), ...known.due.map(({ partition, reason }) => [partition, reason] as const)]);
    return { reasons, after: { ...known, finished: [] }, changes: {}, notice: null, failure: failureOf(error) };
  }
};

/**
 * Looks at the conversations that were open when their partitions were read last, and says which settled partitions have to be exported again.
 *
 * Invariant: a change is remembered only when its partition has taken it in, so that neither a crash nor a failure loses it; and as soon as it has,
 * so that a run which is stopped later does not make the next one read the partition again.
 * @throws AuthError and what else would stop every partition · InterruptedError
 */
export const followUp = async (ports: FollowPorts, question: LookQuestion): Promise<FollowUp> => {
  const remembered = question.known;
  const known = withCommitted(remembered, question.partitions);
  const plan = followPlan({ ...question, known });
  const { reasons, after, changes, notice, failure } = await look(ports, plan, { ...question, known });
  const due = [...reasons].map(([partition, reason]) => ({ partition, reason }));
  // What was not looked at has taken in all there is if it is read as of this run.
  const marks = new Map([...due.map(({ partition }) => [partition, question.asOfMs] as const), ...after.looks.map(({ partition, asOfMs }) => [partition, asOfMs] as const)]);
  const memory = new FollowMemory(ports, { ...after, due }, marks);
  const settled = plan.wishes.filter(({ isSettled }) => isSettled);
  if (plan.wishes.length + plan.whole.length + remembered.conversations.length + remembered.due.length + remembered.looks.length > 0) await memory.write();
  return {
    reasons,
    report: {
      conversations: settled.reduce((sum, { ids }) => sum + ids.length, 0),
      partitions: settled.length + plan.whole.length,
      calls: ports.calls(),
      changes,
      restated: due,
      notice,
      failure,
    },
    takenIn: (read) => memory.takenIn(read),
  };
};
