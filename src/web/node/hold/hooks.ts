import { ServerResponse } from 'node:http';
import type { NodeResponse } from '../server-types.js';
import { CALLS, type CallName, type Method } from './response-methods.js';

/** Decides what a call on a held response does. `method` is the one below the hold. */
export interface Holder {
  call(name: CallName, args: unknown[], method: Method): unknown;
}

/** Key of the holder on its response. Each copy of this library in a process has its own. */
const HELD = Symbol('moin-sessions.held');
type Held = object & { [HELD]?: Holder };
type Methods = Record<CallName, Method>;

/** Our methods, each with the object that has the one below. */
const replaced = new WeakMap<Method, Partial<Methods>>();

/** Key, common to all copies of this library, of the object that has the method below. */
const BELOW = Symbol.for('moin-sessions.below');
/** A method that says what it wraps: one of this library, or one of shimmer, which tools that observe a process use. */
type Wrapper = Method & { [BELOW]?: Partial<Methods>; __original?: Method };

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
  const prototype = Object.getPrototypeOf(response) as Methods;
  for (const name of CALLS) if (!replaced.has(prototype[name])) hook(response, prototype, name);
  (response as Held)[HELD] = holder;
}

/** Replaces the methods of Node's own responses, so that what middleware keeps of the first response leads to ours, too. */
export function hookServerResponse(): void {
  for (const name of CALLS) hookOwner(ServerResponse.prototype, name);
}

/** The method of a response below the hold, and below what middleware has put on the response. */
export function methodBelow(response: NodeResponse, name: CallName): Method {
  const method = (Object.getPrototypeOf(response) as Methods)[name] ?? (response as unknown as Methods)[name];
  return replaced.get(method)?.[name] ?? method;
}

function hook(response: NodeResponse, prototype: object, name: CallName): void {
  if (hookOwner(prototype, name)) return;
  // The methods of a mock may be its own, or missing, and a prototype may be frozen.
  if (name in response) replace(response, name);
}

/** Replaces a method on the prototype that owns it. Returns false if no prototype does, or if it is frozen. */
function hookOwner(prototype: object, name: CallName): boolean {
  const owner = ownerOf(prototype, name);
  if (owner === null) return false;
  return leadsToOurs((owner as Methods)[name], name) || (isOpen(owner, name) && replace(owner, name));
}

/** Whether a method is ours, or leads to it, as far as the methods above ours say what they wrap. */
function leadsToOurs(method: Method, name: CallName): boolean {
  let current: Wrapper | undefined = method;
  while (current !== undefined && !replaced.has(current))
    current = current[BELOW]?.[name] ?? current.__original;
  return current !== undefined;
}

/** The nearest prototype that has the method. For what Node's responses share with requests of clients: Node's responses. */
function ownerOf(prototype: object, name: CallName): object | null {
  let owner: object | null = prototype;
  while (owner !== null && owner !== ServerResponse.prototype && !Object.hasOwn(owner, name))
    owner = Object.getPrototypeOf(owner) as object | null;
  return owner;
}

function isOpen(owner: object, name: CallName): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(owner, name);
  return descriptor === undefined ? Object.isExtensible(owner) : descriptor.configurable === true;
}

function replace(owner: object, name: CallName): true {
  const method = (owner as Methods)[name];
  // Look an inherited method up at each call: it may be replaced later, by those who observe a process.
  const below: Methods = Object.hasOwn(owner, name) ? { [name]: method } : Object.getPrototypeOf(owner);
  const ours = {
    [name](this: Held, ...args: unknown[]): unknown {
      const holder = this[HELD];
      return holder === undefined ? below[name].apply(this, args) : holder.call(name, args, below[name]);
    },
  }[name] as Method;
  Object.defineProperty(ours, 'length', { value: method.length, configurable: true });
  Object.defineProperty(ours, BELOW, { value: below });
  replaced.set(ours, below);
  const { enumerable = true } = Object.getOwnPropertyDescriptor(owner, name) ?? {};
  Object.defineProperty(owner, name, { value: ours, writable: true, configurable: true, enumerable });
  return true;
}
