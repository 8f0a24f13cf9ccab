/**
 * Two Buffer methods that Node has had since its first releases and @types/node leaves out.
 *
 * Why: `write(text, at, 'utf8')` and `toString('utf8', …)` look the encoding up at each call, which shows at millions of values.
 */
declare global {
  interface Buffer {
    utf8Write(text: string, offset: number): number;
    utf8Slice(start: number | undefined, end: number | undefined): string;
    latin1Slice(start?: number, end?: number): string;
  }
}

export {};
