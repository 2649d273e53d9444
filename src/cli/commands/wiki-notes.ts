import { isMoinStore } from '../../moin/is-moin-store.js';
import { OwnTimes } from '../../session/admin/copy/own-times.js';
import type { SessionInfo } from '../../session/admin/info.js';
import type { SessionStore } from '../../store/contract.js';
import type { CliContext } from '../context.js';
import { counted } from '../output/humanize.js';
import { note } from '../output/note.js';
import type { OpenSite } from '../site/site.js';

/** Why `set`, `import` and others are not for a wiki, and what to do. */
export const NO_SESSIONS_INTO_WIKI =
  'a MoinMoin wiki makes its sessions itself and takes none from elsewhere: name a store of yours';
export const NO_VALUES_INTO_WIKI =
  "the values in the sessions of a MoinMoin wiki are the wiki's own, and stay as they are: end the session with 'moin-sessions expire ID', or copy it to a store of yours with 'copy --to', and change it there";
export const NO_SECRET_OF_WIKI =
  "a MoinMoin wiki has no secret to rotate: each session has its own, and 'moin-sessions expire' ends it";

/** What is to be known of `--reason` on a wiki; null on another store, or without a reason. */
export function reasonNote({ store, options }: OpenSite, reason: string | undefined): string | null {
  if (reason === undefined || !isMoinStore(store)) return null;
  const audit =
    options.audit === undefined ? "the option 'audit' of a configuration keeps it" : 'the audit log does';
  return `a MoinMoin wiki keeps no reason: ${audit}`;
}

/** Counts the visitors of a wiki of MoinMoin 1.6 whose sessions `expire` ends. */
export class EndedVisitors {
  readonly #isCounting: boolean;
  #count = 0;

  constructor(store: SessionStore, isEnding: boolean) {
    this.#isCounting = isEnding && isMoinStore(store) && store.layout === '1.6';
  }

  /** What gets each session; undefined if nobody asks for it. */
  listening(listener: ((session: SessionInfo) => void) | undefined): typeof listener {
    if (!this.#isCounting) return listener;
    return (session) => {
      if (session.kind === 'anonymous') this.#count += 1;
      listener?.(session);
    };
  }

  /** What has become of them; null without any. */
  note(dryRun: boolean): string | null {
    if (this.#count === 0) return null;
    return `of ${counted(this.#count, 'visitor')} the file ${dryRun ? 'would be' : 'was'} removed at once, and does not wait for the purge: MoinMoin 1.6 resumes a visitor's session although it has expired`;
  }
}

/** Says of sessions of MoinMoin 1.6 that have expired, and that `expire` leaves, that they may go on. @param count how many */
export function expiredVisitorsNote(store: SessionStore, count = 0): string | null {
  if (count === 0 || !isMoinStore(store) || store.layout !== '1.6') return null;
  return "what has expired is left to 'purge --expired': until then MoinMoin 1.6 goes on with the session of a visitor who still has the cookie";
}

/** How records leave a store: those of a wiki get the times of our own. Null: as they are. */
export function timesFor({ store, clock }: Pick<OpenSite, 'store' | 'clock'>): OwnTimes | null {
  return isMoinStore(store) ? new OwnTimes(clock()) : null;
}

/** Says what the sessions of a wiki are elsewhere. @param shortened how many have got another end */
export async function noteLeavingWiki(
  context: CliContext,
  { shortened, dryRun, quiet = false }: { shortened: number; dryRun: boolean; quiet?: boolean | undefined },
): Promise<void> {
  if (quiet) return;
  if (shortened > 0)
    await note(
      context,
      `${counted(shortened, 'session')} of the wiki ${shortened === 1 ? 'lasts' : 'last'} for ever, or longer than any cookie of ours: ${dryRun ? 'there would be' : 'there are'} 400 days left for ${shortened === 1 ? 'it' : 'them'}`,
    );
  await note(
    context,
    'cookies of a MoinMoin wiki open no session of another store: there people log in again',
  );
}
