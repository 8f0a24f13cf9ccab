import type { Finding, FindingKind } from './finding.js';

/** Collects findings; checks are given this instead of a list, so that none can drop another's. */
export class Findings {
  readonly #found: Finding[] = [];

  error(kind: FindingKind, path: string, what: string, remedy: string): void {
    this.#found.push({ severity: 'error', kind, path, what, remedy });
  }

  note(kind: FindingKind, path: string, what: string, remedy: string): void {
    this.#found.push({ severity: 'note', kind, path, what, remedy });
  }

  addAll(findings: readonly Finding[]): void {
    for (const finding of findings) this.#found.push(finding);
  }

  get hasErrors(): boolean {
    return this.#found.some((finding) => finding.severity === 'error');
  }

  get all(): readonly Finding[] {
    return this.#found;
  }
}
