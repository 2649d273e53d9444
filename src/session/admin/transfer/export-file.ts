import { MoinSessionsError } from '../../../base/errors.js';
import { IdSet } from '../../../base/id-set.js';
import { isJsonObject, type JsonObject } from '../../../base/json.js';
import { lateCrypto } from '../../../base/late-crypto.js';
import { own } from '../../../base/own.js';
import { isSessionId, type Tombstone } from '../../../store/contract.js';
import { checkedRecord, checkedTombstone } from '../../../store/record.js';
import { FORMAT, FORMAT_VERSION, type Item } from './format.js';
import { type Line, linesOf, stampOf } from './lines.js';

const NO_EXPORT = "it is no export of sessions: name a file that 'moin-sessions export' wrote";
const DAMAGED = 'the file was cut or changed after the export: copy it again, or export again';

const REASONS: ReadonlySet<unknown> = new Set<Tombstone['reason']>([
  'logout',
  'rotated',
  'destroyed',
  'administrator',
  'user',
  'limit',
]);

/** The content of an open file that was exported. Every error names the line, and quotes no data. */
export class ExportFile {
  readonly #fd: number;
  /** In errors. */
  readonly #name: string;
  #stamp: string | null = null;
  /** Of each chunk that was checked: 32 bytes for 256 kB. */
  #digests: Buffer[] = [];

  constructor(fd: number, name: string) {
    this.#fd = fd;
    this.#name = name;
  }

  /**
   * Reads all lines, checks each, and compares counts and digest with the last one.
   * @returns the ids of the sessions
   * @throws MoinSessionsError for the first flaw
   */
  async check(): Promise<IdSet> {
    const digests: Buffer[] = [];
    const stamp = stampOf(this.#fd);
    const hash = lateCrypto().createHash('sha256');
    const ids = new IdSet();
    let ended = 0;
    let end: JsonObject | null = null;
    for await (const line of linesOf(this.#fd, this.#name, (chunk) => void digests.push(digestOf(chunk)))) {
      if (end !== null) throw this.#flaw(line, `it comes after the last line: ${DAMAGED}`);
      const value = this.#parse(line);
      end = line.number === 1 ? null : objectIn(value, 'end');
      if (line.number === 1) this.#assertHead(line, value);
      else if (end === null) {
        const item = this.#item(line, value);
        if ('tombstone' in item) ended += 1;
        else if (!ids.add(item.session.id)) throw this.#flaw(line, 'this session is in the file twice');
      }
      if (end === null) hash.update(line.bytes).update('\n');
    }
    const isWhole = end?.sessions === ids.size && end.ended === ended && end.sha256 === hash.digest('hex');
    if (!isWhole) throw new MoinSessionsError(`${this.#name}: ${DAMAGED}`);
    this.#stamp = stamp;
    this.#digests = digests;
    return ids;
  }

  /**
   * The sessions and tombstones. Call `check` first. Each chunk is compared with what was checked before anything in it is given.
   * @throws MoinSessionsError when the file has changed since the check
   */
  async *items(): AsyncGenerator<Item> {
    let chunks = 0;
    const compare = (chunk: Buffer, index: number) => {
      if (!this.#digests[index]?.equals(digestOf(chunk))) throw this.#changed();
      chunks += 1;
    };
    for await (const line of linesOf(this.#fd, this.#name, compare)) {
      const value = this.#parse(line);
      if (line.number > 1 && objectIn(value, 'end') === null) yield this.#item(line, value);
    }
    if (chunks !== this.#digests.length || stampOf(this.#fd) !== this.#stamp) throw this.#changed();
  }

  #changed(): MoinSessionsError {
    return new MoinSessionsError(`${this.#name} has changed meanwhile: import it again when it is at rest`);
  }

  #parse(line: Line): JsonObject {
    const value = jsonOf(line.bytes);
    if (isJsonObject(value)) return value;
    throw this.#flaw(line, line.number === 1 ? NO_EXPORT : `it is no JSON object: ${DAMAGED}`);
  }

  #assertHead(line: Line, { format, version }: JsonObject): void {
    if (format !== FORMAT) throw this.#flaw(line, NO_EXPORT);
    if (version === FORMAT_VERSION) return;
    const isNewer = typeof version === 'number' && version > FORMAT_VERSION;
    throw this.#flaw(
      line,
      isNewer
        ? `it has format version ${version}, newer than ${FORMAT_VERSION}, the newest known here: upgrade moin-sessions`
        : NO_EXPORT,
    );
  }

  #item(line: Line, value: JsonObject): Item {
    const session = objectIn(value, 'session');
    const id = session === null ? own(value, 'id') : own(session, 'id');
    if (!isSessionId(id)) throw this.#flaw(line, `it names no session: ${DAMAGED}`);
    if (session !== null) return { session: this.#checked(line, id, session) };
    const tombstone = checkedTombstone(own(value, 'tombstone'));
    if (tombstone !== null && REASONS.has(tombstone.reason)) return { id, tombstone: plain(tombstone) };
    throw this.#flaw(line, `it is neither a session nor a tombstone: ${DAMAGED}`);
  }

  #checked(line: Line, id: string, session: JsonObject) {
    try {
      return checkedRecord(id, session, line.bytes.length);
    } catch (error) {
      const reason = (error as { reason?: string }).reason;
      if (reason === undefined) throw error;
      throw this.#flaw(line, reason, error);
    }
  }

  #flaw({ number }: Line, what: string, cause?: unknown): MoinSessionsError {
    return new MoinSessionsError(`${this.#name}:${number}: ${what}`, { cause });
  }
}

function digestOf(chunk: Buffer): Buffer {
  return lateCrypto().createHash('sha256').update(chunk).digest();
}

/** Without what else the line may hold. */
function plain({ reason, text, at, until, successor }: Tombstone): Tombstone {
  return {
    reason,
    at,
    until,
    ...(text !== undefined && { text }),
    ...(successor !== undefined && { successor }),
  };
}

function objectIn(value: JsonObject, name: string): JsonObject | null {
  const part = own(value, name);
  return isJsonObject(part) ? part : null;
}

/** Omits the error of the parser, which quotes data. */
function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
