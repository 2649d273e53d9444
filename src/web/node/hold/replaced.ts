import { ServerResponse } from 'node:http';
import type { NodeResponse } from '../server-types.js';
import type { Method } from './response-methods.js';

/** An object with methods, as a prototype of responses is. */
export type Methods = Record<string, Method>;
/** Makes our method. `below` is the object that has the one below: look it up at each call. */
export type MakeMethod = (below: Methods) => Method;
/** Makes our getter of a state. `below` tells the state below ours. */
export type MakeGetter = (below: (response: object) => unknown) => (this: object) => unknown;

/** Our methods, each with the object that has the one below. */
const methods = new WeakMap<Method, Methods>();
const getters = new WeakSet<object>();

/** Key, common to all copies of this library, of the object that has the method below. */
const BELOW = Symbol.for('moin-sessions.below');
/** A method that says what it wraps: one of this library, or one of shimmer, which tools that observe a process use. */
type Wrapper = Method & { [BELOW]?: Methods; __original?: Method };

/** Whether the method is one of ours. */
export function isOurs(method: Method | undefined): boolean {
  return method !== undefined && methods.has(method);
}

/** The method of a response below ours, and below what middleware has put on the response. */
export function methodBelow(response: NodeResponse, name: string): Method {
  const method =
    (Object.getPrototypeOf(response) as Partial<Methods>)[name] ?? (response as unknown as Methods)[name];
  return methods.get(method as Method)?.[name] ?? (method as Method);
}

/** Replaces a method where the response has it from, or on the response itself if that is a mock or cannot be changed. */
export function replaceMethod(response: NodeResponse, name: string, make: MakeMethod): void {
  if (replaceInherited(Object.getPrototypeOf(response), name, make)) return;
  // The methods of a mock may be its own, or missing, and a prototype may be frozen.
  if (name in response) replace(response, name, make);
}

/** Replaces a method on the prototype that owns it. Returns false if no prototype does, or if it is frozen. */
export function replaceInherited(prototype: object, name: string, make: MakeMethod): boolean {
  const owner = ownerOf(prototype, name);
  if (owner === null) return false;
  return leadsToOurs((owner as Methods)[name], name) || (isOpen(owner, name) && replace(owner, name, make));
}

/** As `replaceMethod`, for the getter of a state. */
export function replaceGetter(response: NodeResponse, name: string, make: MakeGetter): void {
  const isOwn = Object.hasOwn(response, name);
  if (isOwn || !replaceInheritedGetter(Object.getPrototypeOf(response), name, make))
    defineGetter(response, name, make);
}

/** As `replaceInherited`, for the getter of a state. */
export function replaceInheritedGetter(prototype: object, name: string, make: MakeGetter): boolean {
  const owner = ownerOf(prototype, name);
  if (owner === null) return false;
  const getter = Object.getOwnPropertyDescriptor(owner, name)?.get;
  if (getter !== undefined && getters.has(getter)) return true;
  return isOpen(owner, name) && defineGetter(owner, name, make);
}

/** Whether a method is ours, or leads to it, as far as the methods above ours say what they wrap. */
function leadsToOurs(method: Method | undefined, name: string): boolean {
  let current: Wrapper | undefined = method;
  while (current !== undefined && !methods.has(current))
    current = current[BELOW]?.[name] ?? current.__original;
  return current !== undefined;
}

/** The nearest prototype that has it. For what Node's responses share with requests of clients: Node's responses. */
function ownerOf(prototype: object, name: string): object | null {
  let owner: object | null = prototype;
  while (owner !== null && owner !== ServerResponse.prototype && !Object.hasOwn(owner, name))
    owner = Object.getPrototypeOf(owner) as object | null;
  return owner;
}

function isOpen(owner: object, name: string): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(owner, name);
  return descriptor === undefined ? Object.isExtensible(owner) : descriptor.configurable === true;
}

function replace(owner: object, name: string, make: MakeMethod): true {
  const method = (owner as Methods)[name] as Method;
  // Look an inherited method up at each call: it may be replaced later, by those who observe a process.
  const below: Methods = Object.hasOwn(owner, name) ? { [name]: method } : Object.getPrototypeOf(owner);
  const ours = make(below);
  Object.defineProperty(ours, 'length', { value: method.length, configurable: true });
  Object.defineProperty(ours, BELOW, { value: below });
  methods.set(ours, below);
  const { enumerable = true } = Object.getOwnPropertyDescriptor(owner, name) ?? {};
  Object.defineProperty(owner, name, { value: ours, writable: true, configurable: true, enumerable });
  return true;
}

function defineGetter(owner: object, name: string, make: MakeGetter): true {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  const above = Object.getPrototypeOf(owner) as object;
  const getter = before?.get;
  const ours = make((response) =>
    getter === undefined ? Reflect.get(above, name, response) : getter.call(response),
  );
  getters.add(ours);
  const { enumerable = false } = before ?? {};
  const setter = before?.set === undefined ? {} : { set: before.set };
  Object.defineProperty(owner, name, { get: ours, ...setter, configurable: true, enumerable });
  return true;
}
