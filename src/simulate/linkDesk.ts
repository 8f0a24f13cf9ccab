import { createHash } from 'node:crypto';
import type { Selection } from './selection.js';

/** A query that is being paged through by links. */
export interface LinkedQuery {
  readonly selection: Selection;
  readonly asOfMs: number;
  readonly size: number;
  /** Fields that conversations have, when the client chose some and the simulator honours it. */
  readonly select: readonly string[] | undefined;
  readonly madeMs: number;
}

/** A place in a linked query. */
export interface LinkPlace {
  readonly query: LinkedQuery;
  readonly queryId: number;
  readonly offset: number;
  readonly page: number;
}

/** The queries behind the links that were given out, and the opaque tokens in these links. */
export class LinkDesk {
  private readonly queries = new Map<number, LinkedQuery>();
  private readonly seed: string;
  private made = 0;

  constructor(seed: string) {
    this.seed = seed;
  }

  open(query: LinkedQuery): number {
    this.made += 1;
    this.queries.set(this.made, query);
    return this.made;
  }

  /** The token of a place; it tells nothing and cannot be made up. */
  token(queryId: number, offset: number, page: number): string {
    const place = `${String(queryId)}.${String(offset)}.${String(page)}`;
    return Buffer.from(`${place}.${this.seal(place)}`).toString('base64url');
  }

  /** The place of a token; `undefined` where it is forged, or dead. */
  find(token: string, nowMs: number, lifetimeMs: number | undefined): LinkPlace | undefined {
    const [id = '', offset = '', page = '', seal = ''] = Buffer.from(token, 'base64url').toString('latin1').split('.');
    if (seal !== this.seal(`${id}.${offset}.${page}`)) return undefined;
    const query = this.queries.get(Number(id));
    if (query === undefined || (lifetimeMs !== undefined && nowMs - query.madeMs >= lifetimeMs)) return undefined;
    return { query, queryId: Number(id), offset: Number(offset), page: Number(page) };
  }

  expireAll(): void {
    this.queries.clear();
  }

  private seal(place: string): string {
    return createHash('sha256').update(`${this.seed} ${place}`).digest('base64url').slice(0, 16);
  }
}
