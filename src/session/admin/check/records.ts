import { DAY, HOUR, MINUTE } from '../../../base/clock.js';
import type { SessionRecord, StoreEntry } from '../../../store/contract.js';
import type { FindingKind, Findings, RecordObserver } from '../../../store/finding.js';
import { ALREADY } from '../../../store/session-record.js';
import type { UserDirectory } from '../../../users/directory.js';
import { askDirectory, isJudged } from '../refusal.js';

/** How long (ms) an expired record may wait for the purge. */
const PATIENCE = 7 * DAY;
/** How far (ms) the clock of another machine may be ahead. */
const MOST_AHEAD = 5 * MINUTE;
/** How many users wait for the question to the directory, or are remembered, at most. */
const MOST_USERS = 10_000;

const RECORD_KINDS = {
  unreadable: {
    severity: 'warning',
    code: 'unreadable-record',
    what: 'The bytes under an id are no session.',
    why: 'Its user is logged out. The bytes stay until somebody removes them, so that they can be repaired.',
    remedy: "Look with 'moin-sessions inspect ID', then repair it or remove it with 'purge ID'.",
    fixable: false,
  },
  userGone: {
    severity: 'warning',
    code: 'user-gone',
    what: 'A session that is not over belongs to a user who does not exist.',
    why: 'It opens nothing now. A new user with the same id would inherit it.',
    remedy: "See 'moin-sessions list --refused'; 'moin-sessions expire --refused' ends them.",
    fixable: false,
  },
  notPurged: {
    severity: 'warning',
    code: 'expired-not-purged',
    what: 'A session expired more than a week ago, and its record is still there.',
    why: 'Nothing purges this store: it grows, and keeps what people left in their sessions.',
    remedy: "Run 'moin-sessions purge --expired' from cron, or call sessions.startPurging in the server.",
    fixable: false,
  },
  notPurgedWiki: {
    severity: 'warning',
    code: 'expired-not-purged',
    what: 'A session expired more than a week ago, and its file is still there.',
    why: 'Nothing cleans up this wiki: its folder grows, and keeps what people left in their sessions.',
    remedy: "Run 'moin-sessions purge --expired' from cron, with the --store of this wiki.",
    fixable: false,
  },
  future: {
    severity: 'warning',
    code: 'session-from-the-future',
    what: 'A session was used at a time that is still to come.',
    why: 'The clock of this machine or of a server is wrong: sessions end too early or too late.',
    remedy: 'Set the clocks of all machines by NTP.',
    fixable: false,
  },
} satisfies Record<string, FindingKind>;

/** Since when (ms) a purge may remove the record. One without a time of its own (MoinMoin 1.9) since it was written. */
function removableSince({ expires, seen }: SessionRecord): number {
  return expires === ALREADY ? seen : expires;
}

interface Sources {
  findings: Findings;
  users: UserDirectory | undefined;
  /** The present time, in ms. */
  at: number;
  onSeen: () => void;
  /** The records are those of a MoinMoin wiki, which no server of ours purges. Default false. */
  isWiki?: boolean;
}

/** What records themselves tell, whatever keeps them. Remembers a bounded number of users. */
export class RecordCheck implements RecordObserver {
  readonly #sources: Sources;
  /** Sessions of users of whom the directory has not said whether they exist, by the user's id. */
  readonly #waiting = new Map<string, string[]>();
  #known = new Map<string, boolean>();
  #count = 0;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  see(entry: StoreEntry): void {
    const { findings, at, onSeen, users, isWiki = false } = this.#sources;
    onSeen();
    const { id, record } = entry;
    if (record === null) {
      findings.add(RECORD_KINDS.unreadable, id);
      return;
    }
    if (removableSince(record) <= at - PATIENCE)
      findings.add(isWiki ? RECORD_KINDS.notPurgedWiki : RECORD_KINDS.notPurged, id);
    if (record.seen > at + MOST_AHEAD) findings.add(RECORD_KINDS.future, id);
    const isOver = record.ended !== null || record.cookieExpires + HOUR <= at;
    if (users === undefined || record.user === null || isOver || !isJudged(record.user.method)) return;
    this.#see(record.user.id, id);
  }

  #see(userId: string, id: string): void {
    const isThere = this.#known.get(userId);
    if (isThere === false) this.#sources.findings.add(RECORD_KINDS.userGone, id);
    if (isThere !== undefined) return;
    const waiting = this.#waiting.get(userId);
    if (waiting === undefined) this.#waiting.set(userId, [id]);
    else waiting.push(id);
    this.#count += 1;
  }

  /** Asks the directory for the users that are not known yet. @throws StoreError when the directory is out of reach */
  async settle(isLast = false): Promise<void> {
    const { users, findings } = this.#sources;
    if (users === undefined || (!isLast && this.#count < MOST_USERS)) return;
    for (const [userId, ids] of this.#waiting) {
      const isThere = (await askDirectory(users, (directory) => directory.findById(userId))) !== null;
      if (this.#known.size >= MOST_USERS) this.#known = new Map();
      this.#known.set(userId, isThere);
      if (!isThere) for (const id of ids) findings.add(RECORD_KINDS.userGone, id);
    }
    this.#waiting.clear();
    this.#count = 0;
  }
}
