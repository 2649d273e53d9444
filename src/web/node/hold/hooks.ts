import { ServerResponse } from 'node:http';
import type { NodeResponse } from '../server-types.js';
import {
  isOurs,
  type MakeGetter,
  type MakeMethod,
  type Methods,
  replaceGetter,
  replaceInherited,
  replaceInheritedGetter,
  replaceMethod,
} from './replaced.js';
import {
  CALLS,
  type CallName,
  HEADER_CALLS,
  type Method,
  STATES,
  type StateName,
} from './response-methods.js';

/** Decides what the calls on a held response do, and which state the application sees. */
export interface Holder {
  /** @param method the one below the hold */
  call(name: CallName, args: unknown[], method: Method): unknown;
  /** False: header changes are ignored. @throws Node's error when they come too late */
  mayChangeHeaders(): boolean;
  /** Node is about to send bytes, maybe for a method that was kept from before ours was there. */
  beforeBytes(): void;
  /** Whether the application must see this state as reached, although the bytes still wait. */
  isReached(state: StateName): boolean;
}

/** Key of the holder on its response. Each copy of this library in a process has its own. */
const HELD = Symbol('moin-sessions.held');
type Held = object & { [HELD]?: Holder };

/** Node's methods send bytes by it. Undocumented, but in every version of Node; HTTP/2 has none. */
const SEND = '_send';
/** What matters only while bytes wait. */
const GUARDED = [...HEADER_CALLS, SEND];

const MAKE_METHOD: ReadonlyMap<string, MakeMethod> = new Map<string, MakeMethod>([
  ...CALLS.map((name) => [name, (below: Methods) => heldCall(name, below)] as const),
  ...HEADER_CALLS.map((name) => [name, (below: Methods) => guardedHeader(name, below)] as const),
  [SEND, guardedSend],
]);
const MAKE_GETTER: ReadonlyMap<string, MakeGetter> = new Map(
  STATES.map((name) => [name, (below) => shownState(name, below)]),
);

/** Returns what holds a response; undefined for others. */
export function holderOf(response: NodeResponse): Holder | undefined {
  return (response as Held)[HELD];
}

/**
 * Has the calls on a response go to its holder. The methods are replaced on the prototype that owns them, below those that
 * middleware puts on a response, whichever came first. Other responses of the prototype pass through. Looks at each response:
 * a spy that is restored takes away what was put over it.
 */
export function putHolder(response: NodeResponse, holder: Holder): void {
  hookMethods(response, CALLS);
  (response as Held)[HELD] = holder;
}

/**
 * Makes a response that has a holder look to the application as if the bytes that wait were sent: `headersSent` is true, late
 * headers throw.
 */
export function guard(response: NodeResponse): void {
  hookMethods(response, GUARDED);
  for (const [name, make] of MAKE_GETTER) replaceGetter(response, name, make);
}

/** Replaces the methods of Node's own responses, so that what middleware keeps of the first response leads to ours, too. */
export function hookServerResponse(): void {
  for (const [name, make] of MAKE_METHOD) replaceInherited(ServerResponse.prototype, name, make);
  for (const [name, make] of MAKE_GETTER) replaceInheritedGetter(ServerResponse.prototype, name, make);
}

function hookMethods(response: NodeResponse, names: readonly string[]): void {
  const prototype = Object.getPrototypeOf(response) as Partial<Methods>;
  for (const name of names)
    if (!isOurs(prototype[name])) replaceMethod(response, name, MAKE_METHOD.get(name) as MakeMethod);
}

function heldCall(name: CallName, below: Methods): Method {
  return named(name, function (this: Held, ...args) {
    const holder = this[HELD];
    const method = below[name] as Method;
    return holder === undefined ? method.apply(this, args) : holder.call(name, args, method);
  });
}

function guardedHeader(name: string, below: Methods): Method {
  return named(name, function (this: Held, ...args) {
    const mayChange = this[HELD]?.mayChangeHeaders() ?? true;
    return mayChange ? (below[name] as Method).apply(this, args) : this;
  });
}

function guardedSend(below: Methods): Method {
  return named(SEND, function (this: Held, ...args) {
    this[HELD]?.beforeBytes();
    return (below[SEND] as Method).apply(this, args);
  });
}

function shownState(name: StateName, below: (response: object) => unknown): () => unknown {
  return function (this: Held) {
    return this[HELD]?.isReached(name) || below(this);
  };
}

function named(name: string, method: (this: Held, ...args: unknown[]) => unknown): Method {
  Object.defineProperty(method, 'name', { value: name, configurable: true });
  return method as Method;
}
