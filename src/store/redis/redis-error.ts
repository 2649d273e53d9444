import { StoreError } from '../../base/errors.js';
import { isError } from '../../base/realm.js';

/**
 * Why a call to Redis failed:
 * `unreachable` no connection; `timeout` no answer within the time limit; `denied` password or rights; `read-only` the server
 * is a replica; `full` it has reached `maxmemory`, or cannot write to its disk; `starting` it loads its data, or is busy with
 * a script; `moving` the cluster is down or being rebuilt; `contended` others changed the same session all the time; `failed`
 * anything else.
 */
export type RedisProblem =
  | 'unreachable'
  | 'timeout'
  | 'denied'
  | 'read-only'
  | 'full'
  | 'starting'
  | 'moving'
  | 'contended'
  | 'failed';

/** A call to Redis failed. The message says what to look at, and holds no password. */
export class RedisStoreError extends StoreError {
  /** Express and Fastify answer with it, unless the application has an answer of its own. */
  readonly statusCode = 503;

  constructor(
    message: string,
    readonly problem: RedisProblem,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A client does not know all servers of its cluster. */
export class IncompleteClusterError extends Error {
  /** Whether another client would know more. */
  readonly isClientStale: boolean;

  constructor(message: string, { isClientStale }: { isClientStale: boolean }) {
    super(message);
    this.isClientStale = isClientStale;
  }
}

/** Where to look, by problem. */
const REMEDIES: Readonly<Record<RedisProblem, string>> = {
  unreachable:
    "start Redis, or look at its address, at the network and at TLS (NODE_EXTRA_CA_CERTS): 'redis-cli ping'",
  timeout: "look at its load and at the network ('redis-cli --latency', 'redis-cli slowlog get')",
  denied:
    'look at user name and password (MOIN_SESSIONS_REDIS_PASSWORD), and at the rights of the user (docs/scaling.md#rights)',
  'read-only':
    'this server is a replica: give the address of the primary, of its Sentinels or of the cluster',
  full: "give it more memory ('maxmemory'), or look at its disk ('redis-cli info persistence')",
  starting: 'it loads its data or runs a long script: wait, and try again',
  moving: "look at the cluster ('redis-cli cluster info')",
  contended: 'others change this session all the time: try again',
  failed: 'look at the log of Redis',
};

/** Where to look for what the problem alone does not tell. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [/DB index is out of range/i, 'look at the number of the database in the address'],
  [/cluster support disabled/i, "this server is no cluster: write 'redis://' instead of 'redis+cluster://'"],
  [
    /unknown command '?SENTINEL/i,
    "this server is no Sentinel: write 'redis://' instead of 'redis+sentinel://'",
  ],
  [/No such master/i, "look at NAME in the address, and at 'sentinel monitor' of the Sentinels"],
  [
    /text where it was asked for bytes/,
    "use a client of the package 'redis', version 5.9 or later: other clients may damage text",
  ],
  [/no valid master/i, "look at the Sentinels: 'redis-cli -p 26379 sentinel replicas NAME'"],
];

/** What a failed change leaves open: Redis may have run it, and only the answer was lost. */
const DOUBT = '; a change that was under way may or may not have been saved';

/** The first word of an error reply, or what the client makes of one, by problem. */
const REPLIES: readonly (readonly [RegExp, RedisProblem])[] = [
  [
    /^(WRONGPASS|NOAUTH|NOPERM)|^ERR The user executing the script|AUTH failed|without any password configured|invalid password/i,
    'denied',
  ],
  [/^READONLY/, 'read-only'],
  [/^(OOM|MISCONF|NOREPLICAS)/, 'full'],
  [/^(LOADING|BUSY)/, 'starting'],
  [/^(CLUSTERDOWN|TRYAGAIN|MASTERDOWN|MOVED|ASK)|redirections|^Cannot find node /, 'moving'],
];

/** What Sentinel and its client say where no primary can be found. */
const NO_PRIMARY = /^None of the sentinels are available|No such master with that name|no valid master/i;

/** The names of errors of the client: no answer came, and none will. */
const NO_CONNECTION =
  /^(ClientClosed|ClientOffline|DisconnectsClient|SocketClosedUnexpectedly|ConnectionTimeout|SocketTimeout|RootNodesUnavailable|ReconnectStrategy|Timeout)/;

/** The error reply of Redis that made a call fail; empty when there is none. */
export function replyOf(error: unknown): string {
  const cause = isError(error) ? error.cause : undefined;
  return isError(cause) ? cause.message : '';
}

export function problemOf(error: unknown): RedisProblem {
  if (error instanceof RedisStoreError) return error.problem;
  if (error instanceof IncompleteClusterError) return 'moving';
  const text = textOf(error);
  const reply = REPLIES.find(([pattern]) => pattern.test(text));
  if (reply !== undefined) return reply[1];
  return isDisconnection(error) ? 'unreachable' : 'failed';
}

/** Whether the connection failed, so that nobody knows what became of the command. */
export function isDisconnection(error: unknown): boolean {
  if (!isError(error)) return false;
  if (NO_CONNECTION.test(error.constructor.name) || NO_PRIMARY.test(error.message)) return true;
  return (
    'code' in error && /^(E(?!RR_)[A-Z_]+|ERR_(SSL|TLS)|CERT_|DEPTH_|SELF_|UNABLE_)/.test(String(error.code))
  );
}

/** Whether the server certainly has not run the command, and may run it in a moment. */
export function mayTryAgain(error: unknown): boolean {
  const problem = problemOf(error);
  if (problem === 'moving') return true;
  if (problem === 'starting') return !isBusy(error);
  return isError(error) && /^Client(Closed|Offline)Error$/.test(error.constructor.name);
}

/** Whether Redis waits for a script to end. It says so when that has taken seconds (`busy-reply-threshold`), so it may take more. */
function isBusy(error: unknown): boolean {
  return /^BUSY\b/.test(textOf(error));
}

/**
 * @param location the store's name, without password
 * @param isDoubtful whether the call may have changed something
 */
export function redisStoreError(location: string, error: unknown, isDoubtful: boolean): RedisStoreError {
  if (error instanceof RedisStoreError) return error;
  const problem = problemOf(error);
  const doubt = isDoubtful && problem === 'unreachable' ? DOUBT : '';
  return new RedisStoreError(
    `the store ${location} fails: ${textOf(error)}${doubt}; ${remedyOf(textOf(error), problem)}`,
    problem,
    { cause: error },
  );
}

/** @param lastFault what the connection said last; null if nothing */
export function noAnswer(
  location: string,
  limit: number,
  lastFault: unknown,
  isDoubtful: boolean,
): RedisStoreError {
  const problem = lastFault === null ? 'timeout' : problemOf(lastFault);
  const known = lastFault === null ? '' : ` (${textOf(lastFault)})`;
  return new RedisStoreError(
    `the store ${location} did not answer within ${limit} ms${known}${isDoubtful ? DOUBT : ''}; ${remedyOf(known, problem)}`,
    problem,
    { cause: lastFault ?? undefined },
  );
}

/** For a call to a store that was closed. */
export function storeClosed(location: string, isDoubtful: boolean): RedisStoreError {
  const doubt = isDoubtful ? DOUBT : '';
  return new RedisStoreError(
    `the store ${location} is closed${doubt}: close it after the server has answered its last request`,
    'unreachable',
  );
}

/** For a key that holds no value of ours. */
export function otherType(location: string, key: string, error: unknown): RedisStoreError {
  return new RedisStoreError(
    `the store ${location} fails: the key ${key} holds a value of another type: look at it ('redis-cli type ${key}'), and delete it`,
    'failed',
    { cause: isError(error) && error.cause !== undefined ? error.cause : error },
  );
}

export function isOfOtherType(error: unknown): boolean {
  return replyOf(error).startsWith('WRONGTYPE');
}

/** A handler of errors: what a read of a key of another type gives. @throws any other error */
export function nullForOtherType(error: unknown): null {
  if (isOfOtherType(error)) return null;
  throw error;
}

/** For a client on which the application has begun a transaction. */
export function insideMulti(location: string): RedisStoreError {
  return new RedisStoreError(
    `the store ${location} fails: its client is inside MULTI: give the store a client that nothing else uses`,
    'failed',
  );
}

export function contended(location: string, id: string): RedisStoreError {
  return new RedisStoreError(
    `the store ${location} could not save session ${id}: ${REMEDIES.contended}`,
    'contended',
  );
}

function remedyOf(text: string, problem: RedisProblem): string {
  return HINTS.find(([pattern]) => pattern.test(text))?.[1] ?? REMEDIES[problem];
}

/** The message on one line. An `AggregateError` of Node's (no address answers) has none of its own. */
function textOf(error: unknown): string {
  if (!isError(error)) return String(error);
  const first = error.message === '' && error instanceof AggregateError ? error.errors[0] : error;
  const text = isError(first) && first.message !== '' ? first.message : error.constructor.name;
  return text.replace(/\s+/g, ' ').trim();
}
