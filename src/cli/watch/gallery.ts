import { BatchedList, batchesOf } from '../../base/batches.js';
import { SESSION_FIELDS, type SessionInfo } from '../../session/admin/info.js';
import { jsonLines } from '../output/json-lines.js';
import { type ListedSession, sessionView } from '../output/sessions.js';
import type { Column } from '../output/view.js';
import { type Order, sortedTexts } from '../sort/order.js';
import { Comparison, type Seen } from './comparison.js';

/** What became of a session lately. */
type Mark = '+' | '~' | '-' | ' ';

export interface MarkedSession extends ListedSession {
  mark: Mark;
}

/** One look: the rows to show, and the numbers of all. */
export interface Picture {
  rows: MarkedSession[];
  matched: number;
  appeared: number;
  changed: number;
  gone: number;
}

/** For how many looks a mark stays. */
const LASTING = 5;
const MARKS: readonly Mark[] = [' ', '+', '~'];

/** The rows of a screen, look after look, each with a mark. A row whose session went stays for some looks. */
export class Gallery {
  readonly #comparison = new Comparison();
  readonly #toText: (session: ListedSession) => string;
  readonly #columns: readonly Column<ListedSession>[];
  #look = 0;
  /** The texts of the shown sessions, and since when they are gone; null while they are there. */
  #shown = new Map<string, { text: string; goneSince: number | null }>();

  /** @param columns those shown, and the one that sorts: a session whose fields or these change has changed */
  constructor(columns: readonly Column<ListedSession>[]) {
    const names = new Set(sessionView.columns.map(({ name }) => name));
    this.#columns = columns.filter(({ name }) => !names.has(name) && names.add(name));
    this.#toText = jsonLines([...sessionView.columns, ...this.#columns]).line;
  }

  async look(sessions: AsyncIterable<ListedSession>, order: Order): Promise<Picture> {
    this.#look += 1;
    this.#comparison.begin();
    const counts = { appeared: 0, changed: 0, gone: 0 };
    const gone = new Map<ListedSession, string>();
    const all = new BatchedList<ListedSession>(() => this.#andGone(sessions, gone));
    const texts = await sortedTexts(all, order, (session) => {
      const last = gone.get(session);
      if (last !== undefined) return `-${last}`;
      const text = this.#toText(session);
      const seen = this.#comparison.meet(session.id, text, (found) => this.#noteFor(found));
      if (this.#look > 1 && seen.change !== null) counts[seen.change] += 1;
      return markOf(this.#noteFor(seen), this.#look) + text;
    });
    const rows = [...texts].map((text) => this.#row(text));
    for (const _ of this.#comparison.gone()) counts.gone += 1;
    this.#remember(rows);
    return { rows: rows.map(({ session }) => session), matched: this.#comparison.size, ...counts };
  }

  /** The sessions, and after them those that were shown and are gone. */
  async *#andGone(
    sessions: AsyncIterable<ListedSession>,
    gone: Map<ListedSession, string>,
  ): AsyncGenerator<readonly ListedSession[]> {
    yield* batchesOf(sessions);
    for (const [id, { text, goneSince }] of this.#shown) {
      const isOver = goneSince !== null && this.#look - goneSince >= LASTING;
      if (!isOver && !this.#comparison.hasMet(id)) gone.set(revived(text), text);
    }
    yield [...gone.keys()];
  }

  /** The look of the last change, and which one it was, as one number. */
  #noteFor({ change, note }: Seen): number {
    if (this.#look === 1) return 0;
    return change === null ? (note ?? 0) : this.#look * MARKS.length + (change === 'appeared' ? 1 : 2);
  }

  #row(marked: string): { session: MarkedSession; text: string } {
    const text = marked.slice(1);
    return { session: { ...revived(text), mark: marked[0] as Mark }, text };
  }

  #remember(rows: readonly { session: MarkedSession; text: string }[]): void {
    const before = this.#shown;
    this.#shown = new Map(
      rows.map(({ session: { id, mark }, text }) => {
        const goneSince = mark === '-' ? (before.get(id)?.goneSince ?? this.#look) : null;
        return [id, { text, goneSince }];
      }),
    );
  }
}

function markOf(note: number, look: number): Mark {
  const since = Math.floor(note / MARKS.length);
  return since > 0 && look - since < LASTING ? (MARKS[note % MARKS.length] as Mark) : ' ';
}

/** A session as `jsonLines` wrote it. A value of `data.KEY` is a property of that name, which `dataColumn` reads. */
function revived(text: string): ListedSession {
  const fields = JSON.parse(text) as Record<string, unknown>;
  for (const [name, type] of Object.entries(SESSION_FIELDS))
    if (type === 'date' && fields[name] !== null) fields[name] = new Date(fields[name] as string);
  return fields as unknown as SessionInfo;
}
