import { isDeepStrictEqual } from 'node:util';
import type { Action, Call, Result, View } from './history.js';

/** One session as a sequence of operations leaves it. */
export interface State {
  record: View | null;
  /** It was ended with a trace: no `create` may bring it back (I2). */
  spent: boolean;
}

export const NOTHING: State = { record: null, spent: false };

/** What one operation does when nobody else is about, and what it says. */
export function applied(state: State, action: Action): { state: State; result: Result } {
  const { record, spent } = state;
  const changed = (change: (good: View) => Partial<View>): { state: State; result: Result } => {
    if (record === null || record.over) return { state, result: { view: null } };
    const view = { ...record, revision: record.revision + 1, ...change(record) };
    return { state: { record: view, spent }, result: { view } };
  };
  const removed = (when: boolean, trace = false) => ({
    state: { record: when ? null : record, spent: spent || trace },
    result: { removed: when },
  });
  switch (action.do) {
    case 'find':
      return { state, result: { view: record } };
    case 'create': {
      if (record !== null) return { state, result: { answer: 'exists' } };
      if (spent) return { state, result: { answer: 'spent' } };
      const view = { revision: 1, over: false, data: action.data };
      return { state: { record: view, spent }, result: { answer: 'created' } };
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
  if (told === undefined) return [state, after];
  // A logout on a full disk ends the session though it fails: there is no room for the trace alone (S6).
  if ('error' in told) return action.do === 'logout' ? [state, { ...after, spent: state.spent }] : [state];
  if ('done' in told) return isDone(result) ? [after] : [];
  return isDeepStrictEqual(result, told) ? [after] : [];
}

function isDone(result: Result): boolean {
  return ('view' in result && result.view !== null) || ('removed' in result && result.removed);
}
