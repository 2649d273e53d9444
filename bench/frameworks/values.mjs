import { data } from '../sample.mjs';

/** A session whose values are properties. */
export const PROPERTIES = {
  get: (session, key) => session[key],
  set: (session, key, value) => {
    session[key] = value;
  },
};

/** A session that is used like a Map. */
export const MAP = {
  get: (session, key) => session.get(key),
  set: (session, key, value) => session.set(key, value),
};

/** The session of an application without sessions. All requests share it. */
export function noSession() {
  return { counter: 0 };
}

/** What the routes do, by path. @returns the text of the response */
export const ROUTES = {
  '/first': () => 'come back with your cookie',
  '/fill': (session, { set }) => {
    for (const [key, value] of Object.entries(data(1))) set(session, key, value);
    return 'filled';
  },
  '/read': (session, values) => String(counterOf(session, values)),
  '/write': (session, values) => {
    const counter = counterOf(session, values) + 1;
    values.set(session, 'counter', counter);
    return String(counter);
  },
};

/** A session that was not found must not count as a fast one. */
function counterOf(session, { get }) {
  const counter = get(session, 'counter');
  if (!Number.isFinite(counter)) throw new Error('the session has lost its values');
  return counter;
}
