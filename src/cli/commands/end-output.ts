import type { SessionInfo } from '../../session/admin/info.js';
import type { AdminOptions } from '../../session/admin/report.js';
import type { CliContext } from '../context.js';
import { note } from '../output/note.js';
import { formatOf } from '../output/output-options.js';
import { doneOf, type KeptCounts, type Report, reportSentence, reportView } from '../output/report.js';
import { writeReport } from '../output/report-text.js';
import { RowOutput } from '../output/row-output.js';
import { SessionLines } from '../output/session-lines.js';
import { sessionView } from '../output/sessions.js';
import { IdList } from '../sort/id-list.js';
import type { EndOptions, SessionAction } from './session-action.js';

/**
 * What `expire` and `purge` write: the report. With `--verbose`, the sessions that were done, with the fields of `list`, each as it
 * was before; the report is then a sentence: below a table, and on stderr if programs read the sessions.
 */
export class EndOutput {
  readonly #context: CliContext;
  readonly #options: EndOptions;
  readonly #action: SessionAction;
  /** Null when the sessions are listed. */
  readonly #report: RowOutput<Report> | null;
  readonly #sessions: { output: RowOutput<SessionInfo>; lines: SessionLines } | null;
  readonly #ids: IdList | null;
  readonly #failed = new Set<string>();

  /** @throws UsageError for flags that contradict each other, and for `--fields` that are not there */
  constructor(context: CliContext, options: EndOptions, action: SessionAction) {
    this.#context = context;
    this.#options = options;
    this.#action = action;
    const format = formatOf(options);
    const isListed = options.verbose === true && format !== 'ids' && format !== 'count';
    this.#report = isListed ? null : new RowOutput(context, options, reportView(action));
    this.#sessions = isListed ? listOf(new RowOutput(context, options, sessionView)) : null;
    this.#ids = format === 'ids' ? new IdList() : null;
  }

  /** Whether sessions are written to a terminal while the work goes on: a progress bar would stand among them. */
  get fillsTerminal(): boolean {
    return this.#context.out.isTTY && this.#sessions !== null && this.#sessions.output.lines !== null;
  }

  done(id: string): void {
    this.#ids?.add(id);
  }

  /** Also of a session that was done, and that a wiki has written back since. */
  failed(id: string): void {
    if (this.#ids !== null) this.#failed.add(id);
  }

  /** What gets the sessions, if they are listed. */
  listing(): Pick<AdminOptions, 'onSession'> {
    const sessions = this.#sessions;
    if (sessions === null || sessions.output.isSilent) return {};
    return { onSession: (session) => sessions.lines.add(session) };
  }

  async end(report: Report, kept: KeptCounts): Promise<void> {
    const sentence = reportSentence(report, this.#action, kept);
    if (this.#report !== null) {
      const inShort = { done: this.#doneIds(), count: doneOf(report), sentences: [sentence] };
      return writeReport(this.#report, report, inShort);
    }
    if (this.#sessions === null) return;
    const { output, lines } = this.#sessions;
    await lines.end();
    if (output.format === 'table') await output.write(`${sentence}\n`);
    else if (!this.#options.quiet) await note(this.#context, sentence);
  }

  *#doneIds(): Generator<string> {
    for (const id of this.#ids ?? []) if (!this.#failed.has(id)) yield id;
  }
}

function listOf(output: RowOutput<SessionInfo>): { output: RowOutput<SessionInfo>; lines: SessionLines } {
  return { output, lines: new SessionLines(output) };
}
