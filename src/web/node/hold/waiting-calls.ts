import { type Call, notifyIgnored } from './response-methods.js';

/** The calls that wait for a save, in order. */
export class WaitingCalls {
  #calls: Call[] = [];

  push(call: Call): void {
    this.#calls.push(call);
  }

  /** Takes a waiting `writeHead` out. */
  takeHead(): Call | undefined {
    return this.#calls[0]?.name === 'writeHead' ? this.#calls.shift() : undefined;
  }

  /**
   * Runs the calls up to an end, or past it when `mayEnd`.
   * @returns `endWaits`: an end is still waiting; `drained`: Node accepts more after the last write, which returned false
   * when it began to wait
   */
  replay(run: (call: Call) => unknown, mayEnd: boolean): { endWaits: boolean; drained: boolean } {
    let drained = false;
    for (let call = this.#calls.shift(); call !== undefined; call = this.#calls.shift()) {
      if (call.name === 'end' && !mayEnd) {
        this.#calls.unshift(call);
        return { endWaits: true, drained: false };
      }
      const result = run(call);
      if (call.name === 'write') drained = result !== false;
    }
    return { endWaits: false, drained };
  }

  /** Ignores the calls, because no client reads their bytes. */
  drop(): void {
    for (const { args } of this.#calls.splice(0)) notifyIgnored(args);
  }
}
