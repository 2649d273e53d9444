import { join } from 'node:path';
import { BatchedList } from '../../base/batches.js';
import { Slice } from '../../base/slice.js';
import { withRemedy } from '../../disk/fault.js';
import { assertIdPrefix, isSessionId, type SessionRecord, type StoreEntry } from '../../store/contract.js';
import { unreadableError } from '../../store/denied.js';
import type { WikiFile } from '../files/folder.js';
import { type FileName, idOfName, isName16, isName19, textOfName } from '../files/names.js';
import { WikiEntries } from './entries.js';
import { NameIndex } from './name-index.js';
import type { Wiki } from './wiki.js';

type Named = readonly [id: string, name: FileName];

/** How many records are read at a time. */
const BATCH = 64;

/** Reads the sessions of a wiki. */
export class WikiReader {
  readonly #wiki: Wiki;
  readonly #index: NameIndex;
  readonly entries: WikiEntries;

  constructor(wiki: Wiki) {
    this.#wiki = wiki;
    this.entries = new WikiEntries(wiki);
    this.#index = new NameIndex(wiki.sessions, wiki.layout === '1.9' ? isName19 : isName16);
  }

  /**
   * The name of the file of this session; null when there is none. In 1.6 a login may have a secret, and so a name, and no file.
   * @throws StoreError
   */
  nameOf(id: string): FileName | null {
    return this.#reading(() => this.#index.nameOf(id) ?? this.#wiki.secrets?.nameOf(id) ?? null);
  }

  /** The path of the file of this session; of its user's secrets, where a login has no file yet; null when there is none. */
  pathOf(id: string): string | null {
    return this.#reading(() => {
      const name = this.#nameNow(id);
      if (name === null) return null;
      if (this.#wiki.sessions.statsOf(name) !== null) return join(this.#wiki.sessionDir, textOfName(name));
      const owner = this.#wiki.secrets?.ownerOf(name);
      return owner ? join(this.#wiki.secrets?.dir ?? '', owner.file) : null;
    });
  }

  /** How many files this process may not read, of those that it has looked at, and how many there are. */
  denied(): { denied: number; of: number } {
    return { denied: this.entries.denied.size, of: this.#index.size };
  }

  /**
   * The file of this name; null when it does not exist or is a folder.
   * @throws a system error: see `WikiFolder.read`
   */
  file(name: FileName): WikiFile | null {
    return this.#wiki.sessions.read(name);
  }

  /** The session of this id; null when there is none. @throws UnreadableRecordError, StoreError */
  find(id: string): SessionRecord | null {
    const entry = this.entryOf(id);
    if (entry?.record === null) throw unreadableError(entry);
    return entry?.record ?? null;
  }

  /** The session of this id, readable or not; null when there is none. @throws StoreError */
  entryOf(id: string): StoreEntry | null {
    return this.#reading(() => {
      const name = this.#nameNow(id);
      return name === null ? null : this.entries.entry(id, name);
    });
  }

  /** As `nameOf`. Looks at the one file of secrets that matters, because 10,000 ids must not cost 10,000 looks at all of them. */
  #nameNow(id: string): FileName | null {
    const { secrets } = this.#wiki;
    const name = this.nameOf(id);
    if (secrets === null) return name;
    if (name !== null && secrets.isCurrent(name)) return name;
    secrets.renew();
    return name ?? secrets.nameOf(id);
  }

  /** The sessions whose ids begin with `prefix`, in batches. A file that is gone before its turn is none. */
  scan(prefix: string): AsyncIterable<StoreEntry> {
    if (isSessionId(prefix)) return maybeOne(() => this.entryOf(prefix));
    return new BatchedList(() => this.#scan(prefix));
  }

  /** The sessions of a user. In 1.6 these are those of the user's secrets; in 1.9 every file has to be read. */
  async *ofUser(userId: string): AsyncGenerator<StoreEntry> {
    const { secrets } = this.#wiki;
    if (secrets === null) {
      for await (const entry of this.scan('')) if (entry.record?.user?.id === userId) yield entry;
      return;
    }
    secrets.renew();
    const names = [...secrets.all()].filter(([, owner]) => owner.userId === userId).map(([name]) => name);
    for (const name of names) {
      const entry = this.#reading(() => this.entries.entry(idOfName(name), name));
      if (entry !== null) yield entry;
    }
  }

  /** The ids of the records that have expired by `at` (ms). */
  expired(at: number): AsyncIterable<string> {
    return new BatchedList(
      async function* (this: WikiReader) {
        for await (const batch of this.#scan(''))
          yield batch.filter(({ record }) => record !== null && record.expires <= at).map(({ id }) => id);
      }.bind(this),
    );
  }

  async *#scan(prefix: string): AsyncGenerator<StoreEntry[]> {
    assertIdPrefix(prefix);
    const slice = new Slice();
    const names = this.#reading(() => this.#names());
    for (const batch of batched(names, prefix)) {
      const entries = this.#reading(() =>
        this.#kept(() => batch.map(([id, name]) => this.entries.entry(id, name))),
      );
      yield entries.filter((entry) => entry !== null);
      if (slice.isOver()) await slice.next();
    }
  }

  /** Runs `work` with the folders open that each entry is read from. */
  #kept<T>(work: () => T): T {
    const { sessions, users } = this.#wiki;
    return sessions.keptOpen(() => (users === null ? work() : users.forMany(work)));
  }

  /** The ids and names of all sessions, as they are now: those with a file, then logins that have none (1.6). */
  #names(): readonly Iterable<Named>[] {
    const { secrets } = this.#wiki;
    secrets?.renew();
    const files = this.#index.all();
    const others = [...(secrets?.all().keys() ?? [])].filter((name) => !this.#index.has(name));
    return [files, others.map((name) => [idOfName(name), name])];
  }

  #reading<T>(work: () => T): T {
    return withRemedy(`cannot read the sessions of the wiki in ${this.#wiki.sessionDir}`, work);
  }
}

/** Lists no names beside those that it is given: they may be 100,000. */
function* batched(lists: readonly Iterable<Named>[], prefix: string): Generator<Named[]> {
  let batch: Named[] = [];
  for (const list of lists)
    for (const named of list) {
      if (!named[0].startsWith(prefix)) continue;
      batch.push(named);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
  if (batch.length > 0) yield batch;
}

async function* maybeOne<T>(find: () => T | null): AsyncGenerator<T> {
  const found = find();
  if (found !== null) yield found;
}
