import type { Json } from '../json.js';
import type { SessionKind, SessionRecord } from '../store/contract.js';
import type { CookieDecision } from './cookie.js';
import { type Holder, type Replaced, type SessionManager, told } from './manager.js';
import type { SaveResult, Session } from './session.js';
import { idOf, newToken } from './token.js';
import { applyChanges, type Changes, Values } from './values.js';

/** The one decision about the cookie that a response carries: of several the last (spec 4). */
export interface ResponseCookie {
  decision: CookieDecision | null;
}

/** The session of one request under `moin_session` (spec 5). */
export class LiveSession implements Session {
  readonly #manager: SessionManager;
  readonly #cookie: ResponseCookie;
  readonly #values: Values;
  /** Null when the session is not available. */
  #holder: Holder | null;
  #record: SessionRecord | null;
  /** It was available, and ended under way: that was told, and is no fault of the configuration. */
  #isOver = false;
  /** A login that is not settled yet writes nothing, whoever asks. */
  #held = false;
  /** What saves must wait for: they go one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    manager: SessionManager,
    cookie: ResponseCookie,
    holder: Holder | null,
    record: SessionRecord | null,
  ) {
    this.#manager = manager;
    this.#cookie = cookie;
    this.#holder = holder;
    this.#record = record;
    this.#values = new Values(record?.data);
  }

  get id(): string | null {
    return this.#holder?.id ?? null;
  }

  get kind(): SessionKind {
    return this.#holder?.owner ? 'user' : 'anonymous';
  }

  /** The id of the user whom it belongs to. */
  get ownerId(): string | null {
    return this.#holder?.owner?.id ?? null;
  }

  get available(): boolean {
    return this.#holder !== null;
  }

  get isNew(): boolean {
    return this.#record === null || this.#held;
  }

  get expires(): Date | null {
    return this.#record && new Date(this.#record.expires);
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: string): never {
    return this.#values.get(key) as never;
  }

  set(key: string, value: unknown): this {
    this.#values.set(key, value as Json);
    if (this.#holder === null && !this.#isOver) warnUnavailable(key);
    return this;
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  delete(key: string): boolean {
    return this.#values.delete(key);
  }

  clear(): void {
    this.#values.clear();
  }

  keys(): MapIterator<string> {
    return this.#values.keys();
  }

  values(): MapIterator<Json> {
    return this.#values.live().values();
  }

  entries(): MapIterator<[string, Json]> {
    return this.#values.live().entries();
  }

  [Symbol.iterator](): MapIterator<[string, Json]> {
    return this.entries();
  }

  toJSON(): { [key: string]: Json } {
    return Object.fromEntries(this.entries());
  }

  save(): Promise<SaveResult> {
    return this.#inTurn(() => this.#save());
  }

  async update<V>(key: string, fn: (current: never) => V): Promise<V> {
    return this.#inTurn(async () => {
      let value: Json | undefined;
      const step = (current: Json | undefined): Json => {
        value = fn(current as never) as Json;
        return value;
      };
      const result =
        this.#holder === null || this.#held
          ? 'unavailable'
          : await this.#write(this.#values.changes(), { key, step });
      if (result !== 'saved') this.set(key, step(this.#values.get(key)));
      return value as V;
    });
  }

  destroy(): Promise<void> {
    return this.#inTurn(async () => {
      const holder = this.#holder;
      if (holder !== null && !this.#held) await this.#manager.end(holder.id, 'destroyed');
      this.#values.clear();
      this.#values.rebase({});
      if (holder === null) return;
      this.detach();
      this.#cookie.decision = { action: 'delete' };
    });
  }

  rotate(): Promise<void> {
    return this.#inTurn(async () => {
      const old = this.#holder;
      if (old === null || this.#held) return;
      const token = newToken();
      const holder = { ...old, token, id: idOf(token) };
      const from = this.#record ?? (await this.#manager.find(old.id)).record;
      if (from === null) return this.#rotateUnsaved(holder);
      const record = await this.#manager.rotate(from, holder, this.#values.changes());
      if (record === null) {
        this.#drop();
        return;
      }
      this.#holder = holder;
      this.#adopt(record);
    });
  }

  /** Keeps it from being written until `logIn`. */
  hold(): void {
    this.#held = true;
  }

  /** Writes the session of a login, even if it is empty, in place of what was there. False when it was refused (S9). */
  async logIn(before: { from: Replaced | null; ended: string | null }): Promise<boolean> {
    this.#held = false;
    const record = await this.#manager.logIn(this.#holder as Holder, before, this.#values.changes());
    if (record === null) this.detach();
    else this.#adopt(record);
    return record !== null;
  }

  /** Lets go: what is in it now is for this request alone. */
  detach(): void {
    this.#isOver = true;
    this.#holder = null;
    this.#record = null;
  }

  async #save(): Promise<SaveResult> {
    const changes = this.#values.changes();
    if (this.#holder === null || this.#held) return changes.size > 0 ? 'unavailable' : 'unchanged';
    return this.#isDue(changes) ? this.#write(changes) : 'unchanged';
  }

  /** S8: what changed, a refresh that is due, an anonymous record that its new owner takes over; no empty visitors. */
  #isDue(changes: Changes): boolean {
    const record = this.#record;
    if (record === null) return this.#values.size > 0;
    if (changes.size > 0) return true;
    const owner = this.#holder?.owner ?? null;
    if (owner === null && this.#values.size === 0) return false;
    if (owner !== null && record.user === null) return true;
    return this.#manager.lifetimes.refreshDue(record, this.#manager.now());
  }

  async #write(
    changes: Changes,
    extra?: { key: string; step: (current: Json | undefined) => Json },
  ): Promise<SaveResult> {
    const holder = this.#holder as Holder;
    const edit = (data: SessionRecord['data']) => {
      const edited = applyChanges(data, changes);
      return extra === undefined ? edited : applyStep(edited, extra);
    };
    const created = this.#record === null ? await this.#manager.create(holder, edit({})) : 'exists';
    if (created === 'spent') return this.#drop();
    const record = created === 'exists' ? await this.#manager.update(holder, edit) : created;
    if (record === null) return this.#drop();
    if (created === 'exists') {
      this.#manager.emit(changes.size > 0 || extra ? 'saved' : 'refreshed', told(record));
    }
    this.#adopt(record);
    return 'saved';
  }

  async #rotateUnsaved(holder: Holder): Promise<void> {
    const { id, remember } = this.#holder as Holder;
    await this.#manager.end(id, 'rotated');
    this.#holder = holder;
    const now = this.#manager.now();
    const { cookieExpires } = this.#manager.lifetimes.ends({ kind: this.kind, remember, created: now }, now);
    this.#cookie.decision = { action: 'set', kind: holder.cookieKind, token: holder.token, cookieExpires };
  }

  #adopt(record: SessionRecord): void {
    const { token, cookieKind } = this.#holder as Holder;
    this.#record = record;
    this.#values.rebase(record.data);
    if (record.cookieExpires <= this.#manager.now()) return;
    this.#cookie.decision = { action: 'set', kind: cookieKind, token, cookieExpires: record.cookieExpires };
  }

  /** I2: the session was ended while this request was under way; its save is dropped, and that is told. */
  #drop(): 'dropped' {
    const { id, owner } = this.#holder as Holder;
    this.#manager.emit('save-dropped', { id, kind: this.kind, ...(owner && { user: owner.name }) });
    this.detach();
    return 'dropped';
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const run = this.#turn.then(task);
    this.#turn = run.catch(() => {});
    return run;
  }
}

function applyStep(
  data: SessionRecord['data'],
  { key, step }: { key: string; step: (current: Json | undefined) => Json },
): SessionRecord['data'] {
  const values = new Values(data);
  values.set(key, step(values.get(key)));
  return applyChanges(data, values.changes());
}

let warned = false;

/** S1: once in a process. */
function warnUnavailable(key: string): void {
  if (warned) return;
  warned = true;
  process.emitWarning(
    `session key ${JSON.stringify(key)} was set on a request that has no session, so it is kept for this request alone; ` +
      "check session.available first, or give visitors sessions with 'moin_anon_session' and anonymousCookieLifetime",
    { code: 'MOIN_SESSIONS_UNAVAILABLE', type: 'MoinSessionsWarning' },
  );
}
