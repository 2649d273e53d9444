import { applyWriteHead, showStatus } from './head.js';
import type { Holder } from './hooks.js';
import { type CallName, type Method, notifyIgnored } from './response-methods.js';
import { SavedResponse } from './saved-response.js';

/**
 * One response, from its first byte to its last: what each call of the application does, by the rows of `Stage`. Most
 * responses wait for nothing.
 */
export class HeldResponse extends SavedResponse implements Holder {
  call(name: CallName, args: unknown[], method: Method): unknown {
    switch (this.stage) {
      case 'open':
        return this.#passOrWait(
          name,
          name === 'writeHead' ? applyWriteHead(this.response, args) : args,
          method,
        );
      case 'holding':
        // `compression` and others write the head again while none is on the wire: the first one counts.
        return name === 'writeHead' ? this.response : this.#wait(name, args, method);
      case 'flowing':
        return name === 'end' ? this.#passOrWait(name, args, method) : this.pass(method, args);
      case 'over':
        return this.#isAfterEnd(name) ? this.#ignore(name, args) : this.pass(method, args);
      case 'overtaken':
        return this.pass(method, args);
      default:
        return this.#ignore(name, args);
    }
  }

  #passOrWait(name: CallName, args: unknown[], method: Method): unknown {
    const before = this.stage;
    try {
      if (!this.proceedNow(name === 'end' ? 'over' : 'flowing')) return this.#wait(name, args, method);
    } catch (error) {
      this.fail(error);
      return this.#ignore(name, args);
    }
    try {
      return this.pass(method, args);
    } catch (error) {
      // Node refuses the head, so nothing is out: the answer to the error is the one that gets the cookie.
      if (!this.response.headersSent) this.stage = before;
      throw error;
    }
  }

  /** @returns what the application would get from a socket that is full */
  #wait(name: CallName, args: unknown[], method: Method): unknown {
    this.waiting.push({ name, args, method });
    if (name === 'writeHead') showStatus(this.response, args);
    if (this.stage !== 'holding') void this.commit(name === 'end' ? 'ending' : 'holding');
    else if (name === 'end') this.stage = 'ending';
    return name === 'write' ? false : name === 'flushHeaders' ? undefined : this.response;
  }

  #ignore(name: CallName, args: unknown[]): unknown {
    notifyIgnored(args);
    // The handler still runs: with its call of `end`, save what it changed after the client left.
    if (this.stage === 'left' && name === 'end') this.saveRest();
    return name === 'write' ? false : this.response;
  }

  /** The first of several ends counts. A write after it would end the process with an error of Node. */
  #isAfterEnd(name: CallName): boolean {
    return (name === 'write' || name === 'end') && this.response.writableEnded;
  }
}
