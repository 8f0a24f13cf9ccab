import type { Clock } from '../model/ports.js';
import type { Showing } from './analyticsModel.js';
import { AttributeOverlay } from './attributeOverlay.js';
import type { Dataset } from './dataset.js';
import type { ConversationHistory } from './history.js';
import { JobDesk } from './jobDesk.js';
import { createLake, type Lake } from './lake.js';
import { LinkDesk } from './linkDesk.js';
import type { Selection } from './selection.js';
import { settle, type SimulatorOptions, type SimulatorSettings } from './simulatorOptions.js';
import { TokenDesk } from './tokens.js';

/** What routes answer from: the settings, and everything that a running simulator remembers. */
export interface World {
  readonly settings: SimulatorSettings;
  readonly clock: Clock;
  readonly dataset: Dataset;
  readonly lake: Lake;
  readonly tokens: TokenDesk;
  readonly jobs: JobDesk;
  readonly links: LinkDesk;
  readonly overlay: AttributeOverlay;
  /** Selections of filtered queries over data that no longer change, by query. */
  readonly selections: Map<string, Selection>;
  /** The origin that the simulator serves; known once it listens. */
  baseUrl: string;
  /** A conversation with what clients have written to it. */
  history(index: number): ConversationHistory;
  /** Its JSON text over a protocol. */
  rowText(index: number, showing: Showing): string;
}

/** The world of a simulator that has not served yet. */
export const createWorld = (options: SimulatorOptions): World => {
  const settings = settle(options);
  const { dataset, clock } = options;
  const { seed } = dataset.options;
  const overlay = new AttributeOverlay();
  const history = (index: number): ConversationHistory => overlay.apply(dataset.history(index));
  // A second simulator of the same seed must not take the first one's tokens and links.
  const secret = `${String(seed)} ${String(clock.nowMs())}`;
  return {
    settings,
    clock,
    dataset,
    lake: createLake({ lagMs: settings.lakeLagMs, stalls: settings.lakeStalls }),
    tokens: new TokenDesk(`token ${secret}`),
    jobs: new JobDesk(seed),
    links: new LinkDesk(`link ${secret}`),
    overlay,
    selections: new Map<string, Selection>(),
    baseUrl: '',
    history,
    rowText: (index, showing) => dataset.text(history(index), showing),
  };
};
