import { ExportError, RequestRefusedError, StateError } from '../model/errors.js';
import type { ChangeReason, Followed } from '../model/glance.js';
import type { ConversationSource } from '../model/page.js';
import { partitionPath } from '../model/partition.js';
import type { Log } from '../model/ports.js';
import { followPlan, followVerdict, type FollowPlan, type FollowQuestion, type FollowVerdict } from '../plan/follow.js';
import { failureOf, stopsTheRun } from './failureOf.js';
import type { FollowReport, PartitionOutcome } from './report.js';

/** What following works with. */
export interface FollowPorts {
  readonly source: Pick<ConversationSource, 'glance'>;
  /** Requests that the source has made. */
  calls(): number;
  readonly followed: { read(): Promise<Followed>; write(followed: Followed): Promise<void> };
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** A look at the conversations that were open, before anything is exported. */
export interface FollowUp {
  /** Settled partitions to export again, by path, and why. */
  readonly reasons: ReadonlyMap<string, ChangeReason>;
  readonly report: FollowReport;
  /** Remembers what the partitions have taken in. */
  finish(outcomes: readonly PartitionOutcome[]): Promise<void>;
}

/** What to look at, and the source's mark of this run, taken before the look. Units: UTC epoch milliseconds. */
export type LookQuestion = Omit<FollowQuestion, 'known'> & { readonly asOfMs: number };

type Looked = Pick<FollowVerdict, 'reasons' | 'after' | 'changes'> & { readonly notice: string | null; readonly failure: FollowReport['failure'] };

const NOTHING = { after: new Map(), changes: {}, notice: null, failure: null } as const;

/** A server without this question leaves one way: to read the partitions whole. */
const UNANSWERED = 'the API does not answer for single conversations: settled partitions with open ones are read whole; openConversations.maxAge: 0d in the job turns that off';

const look = async (ports: FollowPorts, { wishes, whole }: FollowPlan, question: FollowQuestion): Promise<Looked> => {
  const wholly = (paths: readonly string[]): [string, ChangeReason][] => paths.map((path) => [path, 'conversations-open']);
  try {
    const found = wishes.length === 0 ? new Map() : await ports.source.glance(wishes, ports.signal);
    const verdict = followVerdict(wishes, found, question);
    return { ...NOTHING, ...verdict, reasons: new Map([...wholly(whole), ...verdict.reasons]) };
  } catch (error) {
    if (error instanceof RequestRefusedError) {
      ports.log.warn('open conversations cannot be looked at', { reason: error.message });
      return { ...NOTHING, reasons: new Map(wholly([...whole, ...wishes.filter(({ isSettled }) => isSettled).map(({ partition }) => partition)])), notice: UNANSWERED };
    }
    if (ports.signal.aborted || stopsTheRun(error) || !(error instanceof ExportError)) throw error;
    // What was still to be exported again is not forgotten; the rest is looked at by the next run.
    return { ...NOTHING, reasons: new Map([...wholly(whole), ...question.known.due.map(({ partition, reason }) => [partition, reason] as const)]), failure: failureOf(error) };
  }
};

const keep = async (ports: FollowPorts, followed: Followed): Promise<void> => {
  try {
    await ports.followed.write(followed);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    ports.log.warn('what is known of open conversations is not kept', { reason: error.message });
  }
};

/** Whether what is committed was read no earlier than the look: a run that goes on from an earlier one's pages may have read less. */
const hasTakenIn = (outcome: PartitionOutcome, { partitions, asOfMs }: LookQuestion): boolean => {
  if (outcome.result === 'failed') return false;
  if (outcome.result !== 'current') return outcome.readAsOfMs >= asOfMs;
  const committed = partitions.find(({ partition }) => partitionPath(partition) === outcome.partition);
  return committed !== undefined && committed.asOfMs >= asOfMs;
};

/**
 * Looks at the conversations that were open when their partitions were read last, and says which settled partitions have to be exported again.
 *
 * Invariant: a change is remembered only when its partition has taken it in, so that neither a crash nor a failure loses it.
 * @throws AuthError and what else would stop every partition · InterruptedError
 */
export const followUp = async (ports: FollowPorts, question: LookQuestion): Promise<FollowUp> => {
  const known = await ports.followed.read();
  const plan = followPlan({ ...question, known });
  const { nowMs } = question;
  const { reasons, after, changes, notice, failure } = await look(ports, plan, { ...question, known });
  const settled = plan.wishes.filter(({ isSettled }) => isSettled);
  const dueOf = (done: ReadonlySet<string>): Followed['due'] => [...reasons].filter(([path]) => !done.has(path)).map(([partition, reason]) => ({ partition, reason }));
  const lookedMs = failure === null ? nowMs : known.lookedMs;
  const hasSomething = plan.wishes.length + plan.whole.length + known.conversations.length + known.due.length > 0;
  if (hasSomething) await keep(ports, { ...known, due: dueOf(new Set()), lookedMs });
  return {
    reasons,
    report: {
      conversations: settled.reduce((sum, { ids }) => sum + ids.length, 0),
      partitions: settled.length + plan.whole.length,
      calls: ports.calls(),
      changes,
      restated: [...reasons].map(([partition, reason]) => ({ partition, reason })),
      notice,
      failure,
    },
    async finish(outcomes) {
      if (!hasSomething) return;
      const done = new Set(outcomes.filter((outcome) => hasTakenIn(outcome, question)).map(({ partition }) => partition));
      const asked = new Map(plan.wishes.map((wish) => [wish.partition, wish]));
      const isNews = (path: string): boolean => after.has(path) && (reasons.has(path) || asked.get(path)?.isSettled === false ? done.has(path) : true);
      // Partitions that nobody asks about any more are forgotten; where a look failed, nothing is.
      const isKept = (path: string): boolean => !isNews(path) && (asked.has(path) || plan.whole.includes(path) || failure !== null);
      const before = known.conversations.filter(({ partition }) => isKept(partition));
      const news = [...after].filter(([path]) => isNews(path)).flatMap(([, conversations]) => conversations);
      await keep(ports, { conversations: [...before, ...news], due: dueOf(done), lookedMs });
    },
  };
};
