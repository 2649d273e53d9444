import type { FileName } from '../files/names.js';
import type { Layout } from '../layout.js';
import type { UserSecrets } from '../secrets/secrets.js';
import type { WikiSettings } from '../settings.js';
import type { WikiUser } from '../users/user.js';

/** What stands in a session file, as far as MoinMoin itself looks at it. */
export interface SessionValues {
  /** In seconds since 1970; null without one. */
  expires: number | null;
  /** `user.id` (1.9). */
  userId: string | null;
  /** `user.auth_method` (1.9). */
  authMethod: string | null;
  /** The id of the user whom a superuser acts as. */
  setuid: string | null;
  /** The keys of the values, without expiry and identity. */
  keys: string[];
}

/** The session file of one name. */
export type SessionView =
  | { status: 'none' }
  /** Damaged: MoinMoin cannot read it either. `why` in words; quotes no data. */
  | { status: 'broken'; why: string }
  /** Not read here, while MoinMoin may do so: it would run code, is too large, or is no plain file. */
  | { status: 'withheld'; why: string }
  /** A pickle of something else than a dict. `what` names it with its article: `a tuple`. */
  | { status: 'no-dict'; what: string }
  | { status: 'read'; values: SessionValues };

/** Settings that are there; none is null. */
export type GivenSettings = { readonly [Name in keyof WikiSettings]?: NonNullable<WikiSettings[Name]> };

/** The secrets of a user. */
interface KnownSecrets extends Pick<UserSecrets, 'secrets' | 'lru'> {
  /** The path of the users' folder that their names fit, if it was guessed: a server that has another finds none of them. */
  guessedDir?: string | null;
}

/** A wiki as a simulation looks at it. Nothing of it writes. */
export interface WikiView {
  readonly layout: Layout;
  readonly settings: GivenSettings;
  /** False when the folder of the users is not there: then every id counts as a user. */
  readonly hasUsers: boolean;
  /** The file of this name. Is asked for names without `/` and NUL alone. */
  session(name: FileName): SessionView;
  /** The names of all files of sessions. */
  names(): readonly FileName[];
  /** Null for a user who is gone, and for an id that is none. The id stands for the name where `hasUsers` is false. */
  user(id: string): WikiUser | null;
  /** The secrets of a user (1.6); null when they have no file. @throws StoreError when it cannot be read */
  secretsOf(userId: string): KnownSecrets | null;
  /** The id of the user whose secret this is (1.6); null for nobody's. */
  ownerOf(name: FileName): string | null;
  /** Whether there are files of secrets, and the names of none fit a user (1.6): the wiki was moved. */
  isMoved(): boolean;
}

/** A request, as far as MoinMoin's sessions look at it. */
export interface WikiRequest {
  /** The `Cookie` header; several are a list. */
  cookie: string | readonly string[] | undefined;
  /** The address that was asked; null if only the cookies are known. */
  url: URL | null;
  secure: boolean;
  /** In ms. */
  now: number;
}
