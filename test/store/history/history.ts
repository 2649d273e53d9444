/** What somebody does to one session. */
export type Action =
  | { do: 'find' | 'step' | 'refresh' | 'expire' | 'purge' | 'delete' | 'logout' }
  | { do: 'create'; data: Values }
  | { do: 'save'; key: string; value: string };

type Values = { readonly [key: string]: string | number };

/** What can be seen of a record: its revision, whether it has expired, its data. */
export interface View {
  revision: number;
  over: boolean;
  data: Values;
}

/** What a call returned or threw. A command line reports only that it is done. */
export type Result =
  | { view: View | null }
  | { done: true }
  | { answer: 'created' | 'exists' | 'gone' }
  | { removed: boolean }
  | { error: string }
  | { torn: string };

/** One operation of one process on one session, from when to when (ns, a clock that all share). */
export interface Call {
  by: string;
  id: string;
  action: Action;
  start: number;
  end: number;
  /** Missing when the process died before the call returned. */
  result?: Result;
}

export type Message =
  | { ready: true }
  | { call: Action; id: string; at: number }
  | { result: Result; at: number };

/** Makes calls of what one process says, which does one thing at a time. */
export class Listener {
  readonly calls: Call[] = [];
  readonly #by: string;
  #open: Omit<Call, 'end' | 'result'> | null = null;

  constructor(by: string) {
    this.#by = by;
  }

  hear(message: Message): void {
    if ('call' in message) {
      this.#open = { by: this.#by, id: message.id, action: message.call, start: message.at };
    } else if ('result' in message && this.#open !== null) {
      this.calls.push({ ...this.#open, end: message.at, result: message.result });
      this.#open = null;
    }
  }

  /** The process has died, at this time at the latest. Gives the call that it was in the middle of. */
  ended(at: number): Call | null {
    if (this.#open === null) return null;
    const call = { ...this.#open, end: at };
    this.calls.push(call);
    return call;
  }
}
