import { type Call, tellIgnored } from './response-methods.js';

/** What waits to be written, in order. */
export class WaitingCalls {
  #calls: Call[] = [];

  push(call: Call): void {
    this.#calls.push(call);
  }

  /**
   * Writes them, up to an end unless `mayEnd`.
   * @returns whether an end still waits, and whether the application may write again, having been told to wait
   */
  replay(write: (call: Call) => unknown, mayEnd: boolean): { endWaits: boolean; drained: boolean } {
    let drained = false;
    for (let call = this.#calls.shift(); call !== undefined; call = this.#calls.shift()) {
      if (call.name === 'end' && !mayEnd) {
        this.#calls.unshift(call);
        return { endWaits: true, drained: false };
      }
      const result = write(call);
      if (call.name === 'write') drained = result !== false;
    }
    return { endWaits: false, drained };
  }

  /** They reach nobody. */
  drop(): void {
    for (const call of this.#calls.splice(0)) tellIgnored(call);
  }
}
