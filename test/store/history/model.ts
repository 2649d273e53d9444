import { isDeepStrictEqual } from 'node:util';
import type { Action, Call, Result, View } from './history.js';

/** One session as a sequence of operations leaves it. */
export interface State {
  record: View | null;
  /** It was ended with a tombstone: no `create` may bring it back (I2). */
  gone: boolean;
}

export const NOTHING: State = { record: null, gone: false };

/** What one operation does when nobody else is about, and what it says. */
function applied(state: State, action: Action): { state: State; result: Result } {
  const { record, gone } = state;
  const changed = (change: (good: View) => Partial<View>): { state: State; result: Result } => {
    if (record === null || record.over) return { state, result: { view: null } };
    const view = { ...record, revision: record.revision + 1, ...change(record) };
    return { state: { record: view, gone }, result: { view } };
  };
  const removed = (when: boolean, tombstone = false) => ({
    state: { record: when ? null : record, gone: gone || tombstone },
    result: { removed: when },
  });
  switch (action.do) {
    case 'find':
      return { state, result: { view: record } };
    case 'create': {
      if (record !== null) return { state, result: { answer: 'exists' } };
      if (gone) return { state, result: { answer: 'gone' } };
      const view = { revision: 1, over: false, data: action.data };
      return { state: { record: view, gone }, result: { answer: 'created' } };
    }
    case 'save':
      return changed(({ data }) => ({ data: { ...data, [action.key]: action.value } }));
    case 'step':
      return changed(({ data }) => ({ data: { ...data, n: Number(data.n ?? 0) + 1 } }));
    case 'refresh':
      return changed(() => ({}));
    case 'expire':
      return changed(() => ({ over: true }));
    case 'purge':
      return removed(record?.over === true);
    case 'delete':
      return removed(record !== null);
    case 'logout':
      return removed(record !== null, true);
  }
}

/** The states in which a call may have left the session, given what was told of it; none if that cannot be. */
export function outcomes(state: State, { action, result: told }: Call): State[] {
  const { state: after, result } = applied(state, action);
  if (told === undefined) return action.do === 'logout' ? halfWay(state, after) : [state, after];
  if ('error' in told) return action.do === 'logout' ? halfWay(state, after) : [state];
  if ('done' in told) return isDone(result) ? [after] : [];
  return isDeepStrictEqual(result, told) ? [after] : [];
}

/** A logout is two steps, the tombstone and the removal. A full disk reverses their order (S6, I2). */
function halfWay(before: State, after: State): State[] {
  return [before, after, { ...before, gone: true }, { ...after, gone: before.gone }];
}

function isDone(result: Result): boolean {
  return ('view' in result && result.view !== null) || ('removed' in result && result.removed);
}
