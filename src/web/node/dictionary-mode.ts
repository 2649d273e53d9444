import type { EventEmitter } from 'node:events';

/** In Node 20 and 22. */
const ADDING_IS_SLOW = Number.parseInt(process.versions.v8, 10) < 13;

/**
 * Makes it cheap to add properties to an object whose prototype was changed: Express changes those of requests and
 * responses. V8 before 13 makes a new hidden class for each property of each such object, which takes 4 µs. An object that
 * has lost a property becomes a table without a hidden class. So this function removes one property and puts it back.
 */
export function toDictionaryMode(object: EventEmitter & { _events?: unknown }): void {
  if (!ADDING_IS_SLOW || !Object.hasOwn(object, '_events')) return;
  const events = object._events;
  delete object._events;
  object._events = events;
}
