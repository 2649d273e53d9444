import { applyWriteHead } from './head.js';
import { type Call, type CallName, notifyIgnored } from './response-methods.js';
import { SavedResponse } from './saved-response.js';
import { isHeld } from './stage.js';

/**
 * One response, from its first byte to its last: what each call of the application does, by the rows of `Stage`. Most
 * responses have nothing to save and wait for nothing.
 */
export class HeldResponse extends SavedResponse {
  call(name: CallName, args: unknown[]): unknown {
    switch (this.stage) {
      case 'open':
        return this.#passOrWait(name === 'writeHead' ? applyWriteHead(this.response, args) : { name, args });
      case 'holding':
        // `compression` and others write the head again while none is on the wire: the first one counts.
        return name === 'writeHead' ? this.response : this.#wait({ name, args });
      case 'flowing':
        return name === 'end' ? this.#passOrWait({ name, args }) : this.pass(name, args);
      case 'over':
        return this.#isAfterEnd(name) ? this.#ignore({ name, args }) : this.pass(name, args);
      case 'overtaken':
        if (!this.proceedNow('flowing')) {
          this.stage = 'flowing';
          this.addUnsavedHeaders();
        }
        return this.pass(name, args);
      case 'overtaken-held':
        if (name === 'writeHead') this.addUnsavedHeaders();
        return this.pass(name, args);
      default:
        return this.#ignore({ name, args });
    }
  }

  /**
   * Runs the step in which Node writes the head by itself. If the head still waits here, a method kept from before the
   * hold is writing: the head must go out now, with the cookie known so far.
   */
  writeImplicitHead(write: () => void): void {
    const before = this.stage;
    if (before === 'open') this.stage = 'overtaken';
    else if (isHeld(before)) this.stage = 'overtaken-held';
    try {
      write();
    } finally {
      if (this.stage === 'overtaken' || this.stage === 'overtaken-held') this.stage = before;
    }
  }

  #passOrWait(call: Call): unknown {
    try {
      if (!this.proceedNow(call.name === 'end' ? 'over' : 'flowing')) return this.#wait(call);
    } catch (error) {
      this.fail(error);
      return this.#ignore(call);
    }
    return this.pass(call.name, call.args);
  }

  /** @returns what the application would get from a socket that is full */
  #wait(call: Call): unknown {
    const { name } = call;
    this.waiting.push(call);
    if (this.stage !== 'holding') void this.commit(name === 'end' ? 'ending' : 'holding');
    else if (name === 'end') this.stage = 'ending';
    return name === 'write' ? false : name === 'flushHeaders' ? undefined : this.response;
  }

  #ignore(call: Call): unknown {
    notifyIgnored(call);
    // The handler still runs: with its call of `end`, save what it changed after the client left.
    if (this.stage === 'left' && call.name === 'end') this.saveRest();
    return call.name === 'write' ? false : this.response;
  }

  /** The first of several ends counts. A write after it would end the process with an error of Node. */
  #isAfterEnd(name: CallName): boolean {
    return (name === 'write' || name === 'end') && this.response.writableEnded;
  }
}
