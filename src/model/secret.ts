import { inspect } from 'node:util';

const HIDDEN = '[redacted]';

/**
 * A value that must not be shown: printing, serialising or inspecting it gives `[redacted]`.
 *
 * Why: the type makes every place that reads the value searchable (`reveal`).
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself: for a request header or body, never for a message. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
