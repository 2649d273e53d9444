import type { AuditEntry } from '../../../audit/entry.js';
import { storeFault } from '../../../disk/fault.js';
import type { CliContext } from '../../context.js';
import { note } from '../../output/note.js';
import { entryIn, isMeant, type LogFilter } from './entries.js';
import { linesOf, rotatedFiles } from './rotated.js';
import { Tail } from './tail.js';

/** Reads the entries of an audit log in a file that a filter means: first those of rotated files. */
export class LogReader {
  /** Lines that are no entry: cut by a full disk, or of somebody else. */
  bad = 0;
  /** Those of the filter's users whom an entry names, whenever it was written. */
  readonly named = new Set<string>();
  /** Whether an entry is about a session that the filter means, whenever it was written. */
  knowsId = false;
  readonly #context: CliContext;
  readonly #path: string;
  readonly #filter: LogFilter;
  readonly #tail: Tail;

  /** @throws StoreError when the file cannot be read */
  constructor(context: CliContext, path: string, filter: LogFilter) {
    this.#context = context;
    this.#path = path;
    this.#filter = filter;
    this.#tail = this.#attempt(() => new Tail(path));
  }

  /** The entries that are there, oldest first. @param isWhole whether nothing more will be asked for */
  async *entries(isWhole: boolean): AsyncGenerator<AuditEntry> {
    const { since } = this.#filter;
    const { files, skipped } = this.#attempt(() => rotatedFiles(this.#path, since, this.#tail.inode));
    if (skipped.length > 0)
      await note(
        this.#context,
        `left out beside the audit log, because only plain files are read: ${skipped.join(', ')}`,
      );
    for (const file of files) yield* this.#rotated(file);
    yield* this.news();
    if (isWhole) for (const line of this.#tail.end()) yield* this.#meant(line);
  }

  /** The entries that have come since. */
  *news(): Generator<AuditEntry> {
    for (const line of this.#tail.lines()) yield* this.#meant(line);
  }

  close(): void {
    this.#tail.close();
  }

  async *#rotated(file: string): AsyncGenerator<AuditEntry> {
    try {
      for await (const line of linesOf(file)) yield* this.#meant(line);
    } catch (error) {
      await note(this.#context, `cannot read ${file} to its end: ${(error as Error).message}`);
    }
  }

  *#meant(line: string | null): Generator<AuditEntry> {
    if (line === '') return;
    const entry = entryIn(line);
    if (entry === null) this.bad += 1;
    else if (this.#isOfId(entry) && this.#isOfUsers(entry) && isMeant(entry, this.#filter)) yield entry;
  }

  /** Notes whom the entry names, before the other filters leave it out. */
  #isOfUsers({ user, realUser, userId }: AuditEntry): boolean {
    const { users } = this.#filter;
    if (users.length === 0) return true;
    const found = users.filter((one) => one === user || one === realUser || one === userId);
    for (const one of found) this.named.add(one);
    return found.length > 0;
  }

  /** As `#isOfUsers`, of the session. */
  #isOfId({ id }: AuditEntry): boolean {
    const isMeant = id?.startsWith(this.#filter.idPrefix) === true;
    this.knowsId ||= isMeant;
    return isMeant || this.#filter.idPrefix === '';
  }

  #attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw storeFault(error, `cannot read the audit log ${this.#path}`, {
        ENOENT: 'its folder does not exist: see the option audit',
        EACCES: 'permission denied: run as the user who owns it, or as root',
        ELOOP: 'it is a symbolic link: name the file itself in the option audit',
        ENXIO: 'it is no plain file: see the option audit',
      });
    }
  }
}
