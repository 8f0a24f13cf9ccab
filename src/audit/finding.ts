/** What a finding is about: stable names for scripts. */
export type FindingKind =
  | 'manifest-unreadable'
  | 'manifest-chain'
  | 'manifest-content'
  | 'file-missing'
  | 'file-changed'
  | 'file-unreadable'
  | 'columns'
  | 'rows'
  | 'outside-window'
  | 'duplicate-key'
  | 'published-missing'
  | 'published-differs'
  | 'not-a-folder'
  | 'stray-published'
  | 'stray-data'
  | 'leftover'
  | 'overlap'
  | 'permissions'
  | 'journal'
  | 'failure-record'
  | 'ledger'
  | 'in-progress';

/** One thing that is not as it was committed, or that a person should know. */
export interface Finding {
  /** `error`: what readers get is wrong or may become so. `note`: no reader is affected. */
  readonly severity: 'error' | 'note';
  readonly kind: FindingKind;
  /** Relative to the job's folder. */
  readonly path: string;
  /** What is wrong. Never an attribute value. */
  readonly what: string;
  /** What to do about it: one sentence or two, imperative. */
  readonly remedy: string;
}

/** How much was looked at. */
export interface Checked {
  readonly partitions: number;
  /** Data files whose hash was computed, superseded ones included. */
  readonly files: number;
  readonly bytes: number;
  /** Rows of current files that were read back, all tables and formats together. */
  readonly rows: number;
}

/** What an audit found. */
export interface Audit {
  readonly checked: Checked;
  /** In the order of the partitions, then of the checks. */
  readonly findings: readonly Finding[];
}
