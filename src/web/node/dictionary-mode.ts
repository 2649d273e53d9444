import type { EventEmitter } from 'node:events';

/** Node 20 and 22. */
const ADDING_IS_SLOW = Number.parseInt(process.versions.v8, 10) < 13;

/**
 * Makes it cheap to add properties to an object whose prototype was changed, as Express changes those of requests and
 * responses. V8 before 13 makes a new hidden class for each property and each such object, at 4 µs; an object that has
 * lost a property is kept as a table from then on, which has no hidden class. So one is taken out and put back.
 */
export function toDictionaryMode(object: EventEmitter & { _events?: unknown }): void {
  if (!ADDING_IS_SLOW || !Object.hasOwn(object, '_events')) return;
  const events = object._events;
  delete object._events;
  object._events = events;
}
