import type { EventEmitter } from 'node:events';
import session from 'express-session';

/**
 * A request, a session or its data as express-session's published types describe them. Ours must compile where those
 * types are missing, and an application extends them. So nothing here imports them.
 */
// biome-ignore lint/suspicious/noExplicitAny: no type of ours is assignable to and from types that are extended elsewhere
export type Foreign = any;

/** A callback in the way of Node. */
export type Callback<Result = void> = (error?: Foreign, result?: Result) => void;

/** What express-session calls on a store, and what its own class `Store` implements. */
export interface BaseStore extends EventEmitter {
  createSession(request: Foreign, data: Foreign): Foreign;
  load(sid: string, callback: Callback<Foreign>): void;
  regenerate(request: Foreign, callback: Callback): void;
}

/** express-session's own class `Store`. */
export const ExpressSessionStore: new () => BaseStore = session.Store;
