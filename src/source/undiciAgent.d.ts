/**
 * The connection pool of undici by its own file.
 *
 * Why not from 'undici': that loads fetch, WebSocket, caches and mocks as well, four times the files, before the first request. The version is pinned.
 */
declare module 'undici/lib/dispatcher/agent.js' {
  import { Agent } from 'undici';

  export = Agent;
}
