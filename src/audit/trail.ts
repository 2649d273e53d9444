import type { Clock } from '../base/clock.js';
import { warn } from '../base/warn.js';
import { type AuditEntry, lineOf } from './entry.js';
import type { AuditSink, Level, OnLoss } from './sink.js';

/**
 * The audit log of a running site. A request never fails because of it: an entry that cannot be written is counted, the
 * first one of a streak is warned of, and after the streak an entry `lost` says how many are missing.
 */
export class AuditTrail {
  readonly #sink: AuditSink;
  readonly #clock: Clock;
  #lost = 0;
  #hasWarned = false;

  constructor(sinkWith: (onLoss: OnLoss) => AuditSink, clock: Clock) {
    this.#sink = sinkWith((error, lines) => this.#lose(error, lines));
    this.#clock = clock;
  }

  /** @throws StoreError when entries could not be written */
  open(): void {
    this.#sink.open();
  }

  /** Writes an entry in the turn of the call. Never throws. */
  readonly note = (entry: AuditEntry): void => {
    try {
      if (this.#lost > 0) this.#admit();
      if (this.#sink.write(lineOf(entry), levelOf(entry))) this.#hasWarned = false;
    } catch (error) {
      this.#lose(error as Error, 1);
    }
  };

  close(): Promise<void> {
    return this.#sink.close();
  }

  /** Says in the log itself how many entries are missing before the next one. */
  #admit(): void {
    const entry: AuditEntry = { at: new Date(this.#clock()), event: 'lost', count: this.#lost };
    this.#sink.write(lineOf(entry), levelOf(entry));
    const missing = `${this.#lost} ${this.#lost === 1 ? 'entry is' : 'entries are'} missing`;
    this.#lost = 0;
    warn('MOIN_SESSIONS_AUDIT', `the ${this.#sink.name} is written again; ${missing} in it`);
  }

  #lose(error: Error, lines: number): void {
    this.#lost += lines;
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    warn('MOIN_SESSIONS_AUDIT', `${error.message}. Requests go on, and their entries are lost`);
  }
}

/** What an operator should look at, what operators did, and the rest. */
export function levelOf({ event, command }: AuditEntry): Level {
  if (event === 'login-failed' || event === 'lost') return 'warning';
  return event === 'setuid' || command !== undefined ? 'notice' : 'info';
}
