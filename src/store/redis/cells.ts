import { setTimeout as wait } from 'node:timers/promises';
import { Recent } from '../../base/recent.js';
import type { Soon } from '../../base/soon.js';
import type { Call } from './call.js';
import { beginningOf, type Cell, formatCell, parseCell } from './cell.js';
import type { Connection } from './connection.js';
import type { Decision, NextCell } from './decisions.js';
import type { Keys } from './keys.js';
import { contended, isOfOtherType } from './redis-error.js';
import { run, script, sha1 } from './script.js';
import { timeToLive } from './ttl.js';

/** A value that was in Redis; null when there was no key. */
class Seen {
  readonly value: string | null;
  #digest: string | undefined;

  constructor(value: string | null, digest?: string) {
    this.value = value;
    this.#digest = digest;
  }

  /** SHA-1 in hex; empty when there was no key. Computed late: only a change needs it. */
  get digest(): string {
    this.#digest ??= this.value === null ? '' : sha1(this.value);
    return this.#digest;
  }
}

/**
 * Replaces a value if it still is the expected one, else gives the present value and its digest. A digest, because not all
 * values have a revision: tombstones, what an operator wrote by hand, unreadable bytes. `line` replaces as many bytes at the
 * beginning as ARGV[5] says, and leaves the rest as it is in Redis: the bytes may be no text.
 */
const BODY = `
local value = redis.pcall('GET', KEYS[1])
local isOther = type(value) == 'table'
if isOther then
  if string.sub(value.err, 1, 9) ~= 'WRONGTYPE' then return value end
  value = ''
end
local digest = value and redis.sha1hex(value) or ''
if digest ~= ARGV[1] then return {value, digest} end
if ARGV[2] == 'delete' then redis.call('DEL', KEYS[1]) return 1 end
local text = ARGV[4]
if ARGV[2] == 'line' then
  if isOther then return 1 end -- it has no room for a line
  text = text .. string.sub(value, ARGV[5] + 1)
end
if ARGV[3] == '' then redis.call('SET', KEYS[1], text)
else redis.call('SET', KEYS[1], text, 'PX', ARGV[3]) end
return 1
`;
const SWAP = script(BODY);
/** The same for what ends a session: it goes on when Redis has reached `maxmemory` and refuses all that is new. */
const SWAP_WHEN_FULL = script(BODY, 'allow-oom');

/** What belongs to a change and lies under other keys. */
export interface Steps<T> {
  /** What is likely to be there, if nothing was seen of it. */
  guess?: Seen;
  /** Comes before each attempt to write. */
  before?: (call: Call, result: T) => Soon<void>;
  /** Comes after the write. */
  after?: (call: Call, result: T) => Soon<void>;
}

/** The guess of who creates a cell. */
export const NOTHING = new Seen(null);

/** How many values to remember, and of which length (UTF-16 units) at most. */
const REMEMBERED = 2000;
const LONGEST_REMEMBERED = 8 * 1024;

/** The longest pause (ms) after a change that others were in the way of. */
const LONGEST_PAUSE = 4;

/** With less time (ms) left than this, no further attempt is begun. */
const LEAST_LEFT = 30;

/** The cells in Redis. A cell is changed by compare-and-swap: decide here, on what was seen last, and let Redis compare. */
export class Cells {
  readonly #connection: Connection;
  readonly #keys: Keys;
  readonly #location: string;
  readonly #recent = new Recent<Seen>(REMEMBERED / 2);
  /** By id: the end of the last change that runs or waits. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(connection: Connection, keys: Keys, location: string) {
    this.#connection = connection;
    this.#keys = keys;
    this.#location = location;
  }

  async read(id: string): Promise<Cell> {
    return parseCell((await this.#get(this.#connection.call({ isWrite: false }), id)).value);
  }

  /** As `read`, for lists: remembers nothing, so that a list drives out no session that requests use. */
  async glance(id: string): Promise<Cell> {
    const call = this.#connection.call({ isWrite: false });
    return parseCell(await this.#valueOf(call, this.#keys.session(id)));
  }

  /**
   * Changes a cell as `decide` says. It may be asked several times: of what was seen a moment ago, and again of what is there
   * now. Only what is there now can decide that nothing changes. Of this process one change of an id runs at a time.
   *
   * Who was late tries again at once, on what Redis just gave: after a pause that would be old. Who comes through after that
   * pauses before its process goes on, so that no process keeps the session to itself.
   */
  change<T>(id: string, decide: (cell: Cell) => Decision<T>, steps: Steps<T> = {}): Promise<T> {
    const call = this.#connection.call({ isWrite: true }); // Waiting for its turn takes of its time.
    return this.#inTurn(id, () => this.#settle(call, id, decide, steps));
  }

  async #settle<T>(call: Call, id: string, decide: (cell: Cell) => Decision<T>, steps: Steps<T>): Promise<T> {
    const guess = this.#recent.get(id) ?? steps.guess;
    let isSure = guess === undefined;
    let seen = guess ?? (await this.#get(call, id));
    for (let attempt = 0; ; attempt++) {
      const decision = isSure ? decide(parseCell(seen.value)) : guessed(decide, seen);
      if (decision?.next !== undefined) {
        const begun = steps.before?.(call, decision.result);
        if (begun !== undefined) await begun;
        const present = await this.#swap(call, id, seen, decision.next);
        if (present === null) {
          const ended = steps.after?.(call, decision.result);
          if (ended !== undefined) await ended;
          if (attempt > 1) await wait(Math.random() * LONGEST_PAUSE);
          return decision.result;
        }
        if (call.left < LEAST_LEFT) throw contended(this.#location, id);
        seen = present;
      } else {
        if (isSure && decision !== null) return decision.result;
        seen = await this.#get(call, id);
      }
      isSure = true;
    }
  }

  async #get(call: Call, id: string): Promise<Seen> {
    const seen = new Seen(await this.#valueOf(call, this.#keys.session(id)));
    this.#remember(id, seen);
    return seen;
  }

  /** A key of another type counts as an empty record: it is unreadable. */
  async #valueOf(call: Call, key: string): Promise<string | null> {
    try {
      return (await call.read(key, ['GET', key])) as string | null;
    } catch (error) {
      if (isOfOtherType(error)) return '';
      throw error;
    }
  }

  /** Null: done. Else what is there. */
  async #swap(call: Call, id: string, seen: Seen, { cell, until, isEnd }: NextCell): Promise<Seen | null> {
    const value = formatCell(cell);
    const ttl = until === null ? '' : String(timeToLive(until, Date.now()));
    const replaced = lengthToReplace(seen.value, cell);
    const change =
      replaced !== null
        ? ['line', ttl, beginningOf(cell), String(replaced)]
        : value === null
          ? ['delete']
          : ['set', ttl, value];
    const args = [seen.digest, ...change];
    const reply = await run(call, isEnd ? SWAP_WHEN_FULL : SWAP, this.#keys.session(id), args);
    if (reply === 1) {
      this.#remember(id, new Seen(value));
      return null;
    }
    const [present, digest] = reply as [string | null, string];
    return new Seen(present, digest);
  }

  #remember(id: string, seen: Seen): void {
    if (seen.value !== null && seen.value.length <= LONGEST_REMEMBERED) this.#recent.set(id, seen);
    else this.#recent.delete(id);
  }

  async #inTurn<T>(id: string, task: () => Promise<T>): Promise<T> {
    const last = this.#turns.get(id);
    const turn = last === undefined ? task() : last.then(task, task);
    this.#turns.set(id, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(id) === turn) this.#turns.delete(id);
    }
  }
}

/** How many bytes stand before a text that stays as it is; null when it does not, or there is none. */
function lengthToReplace(value: string | null, { text }: Cell): number | null {
  if (value === null || text === null || parseCell(value).text !== text) return null;
  return Buffer.byteLength(value.slice(0, value.length - text.length));
}

/** What is decided of a guess; null when the guess was wrong in a way that `decide` did not expect. */
function guessed<T>(decide: (cell: Cell) => Decision<T>, { value }: Seen): Decision<T> | null {
  try {
    return decide(parseCell(value));
  } catch {
    return null;
  }
}
