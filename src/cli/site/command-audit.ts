import { type AuditEntry, lineOf } from '../../audit/entry.js';
import { auditedBy } from '../../audit/from-events.js';
import { auditSink } from '../../audit/open.js';
import type { AuditSink } from '../../audit/sink.js';
import { levelOf } from '../../audit/trail.js';
import { MoinSessionsError } from '../../base/errors.js';
import { BrokenPipe, type CliContext } from '../context.js';
import { counted } from '../output/humanize.js';
import { note } from '../output/note.js';
import { redact } from '../output/redact.js';
import type { SiteAudit } from './site-audit.js';

/**
 * The audit log of one command. Open it before anything is changed. What cannot be written afterwards stops no work, as it may
 * be urgent, but the command fails at its end.
 */
export class CommandAudit {
  readonly #context: CliContext;
  readonly #sink: AuditSink;
  #lost = 0;
  #fault: Error | null = null;

  /** @throws StoreError when entries could not be written */
  constructor(context: CliContext, audit: string | URL) {
    this.#context = context;
    this.#sink = auditSink(audit, (error, lines) => this.#lose(error, lines));
    this.#sink.open();
  }

  /** What commands note changes by. */
  get site(): SiteAudit {
    const trail = { note: (entry: AuditEntry) => this.#note(entry) };
    return {
      audit: (change) => this.#note({ ...change, at: new Date(this.#context.clock()) }),
      ...auditedBy(trail, () => {}, this.#context.clock),
    };
  }

  /** Does the work, and then waits until its entries are written. @throws MoinSessionsError that says how many are lost */
  async during<T>(work: () => Promise<T>): Promise<T> {
    let fault: unknown = null;
    const result = await work().catch((error: unknown) => {
      fault = error;
      return null;
    });
    const loss = await this.#finish();
    if (loss === null && fault !== null) throw fault;
    if (fault instanceof Error && !(fault instanceof BrokenPipe)) await note(this.#context, fault.message);
    if (loss !== null) throw loss;
    return result as T;
  }

  /** Adds who ran the command. */
  #note(entry: AuditEntry): void {
    const { user, sudoUser, host, pid } = this.#context.actor();
    const who = sudoUser === undefined || sudoUser === user ? { by: user } : { by: sudoUser, as: user };
    const stamped = { ...entry, ...who, host, pid, command: redact(this.#context.invocation.command) };
    try {
      this.#sink.write(lineOf(stamped), levelOf(stamped));
    } catch (error) {
      this.#lose(error as Error, 1);
    }
  }

  #lose(error: Error, lines: number): void {
    this.#lost += lines;
    this.#fault ??= error;
  }

  async #finish(): Promise<MoinSessionsError | null> {
    await this.#sink.close();
    if (this.#lost === 0) return null;
    const lost = counted(this.#lost, 'change');
    this.#lost = 0;
    return new MoinSessionsError(
      `the work is done, and the audit log lacks ${lost} of it: ${this.#fault?.message}`,
    );
  }
}
