import { ConfigurationError } from '../../base/errors.js';
import { hasMethods } from '../../base/has-methods.js';
import { BYTES, inText } from './reply.js';

/** What `createClient`, `createCluster` and `createSentinel` of the package `redis` have in common. */
interface AnyClient {
  readonly isOpen: boolean;
  connect(): Promise<unknown>;
  destroy(): unknown;
  close(): Promise<unknown>;
  on(event: string, listener: (event: unknown) => void): unknown;
}

/** A client of `createClient` or `createClientPool`. */
export interface SingleClient extends AnyClient {
  sendCommand(args: string[], options?: object): Promise<unknown>;
}

/** A client of `createSentinel`. */
export interface SentinelClient extends AnyClient {
  acquire(): Promise<unknown>;
  sendCommand(isReadonly: boolean, args: string[], options?: object): Promise<unknown>;
}

/** A client of `createCluster`. */
export interface ClusterClient extends AnyClient {
  readonly masters: readonly ClusterNode[];
  /** Version 5 gives the client of a node that is connected without a promise. */
  // biome-ignore lint/suspicious/noExplicitAny: the node's type depends on what the client was made with
  nodeClient(node: any): NodeClient | Promise<NodeClient>;
  /** Another client with the same options, not connected. */
  duplicate?(overrides: object): ClusterClient;
  sendCommand(firstKey: string, isReadonly: boolean, args: string[], options?: object): Promise<unknown>;
}

interface NodeClient {
  sendCommand(args: string[], options?: object): Promise<unknown>;
}

interface ClusterNode {
  readonly address: string;
}

/** A client of the package `redis`, made with its options of yours. */
export type RedisClient = SingleClient | SentinelClient | ClusterClient;

/** Sends a command to one server. The reply is in strings. */
export type Send = (args: string[]) => Promise<unknown>;

/** One client of any kind. */
export interface Link {
  readonly client: RedisClient;
  /** Whether the client finds out who is the primary: it asks Sentinels or a cluster. */
  readonly findsPrimary: boolean;
  /** Sends a command to the primary that has this key. */
  send(key: string, args: string[]): Promise<unknown>;
  /** All primaries, by their address. */
  primaries(): Promise<ReadonlyMap<string, Send>>;
}

/** @throws ConfigurationError when this is no client of the package `redis` */
export function linkOf(client: RedisClient): Link {
  if (!hasMethods(client, ['sendCommand', 'connect', 'close', 'on']))
    throw new ConfigurationError(
      "this is no client for a Redis store: use createClient, createCluster or createSentinel of the package 'redis', version 5.9 or later",
    );
  if ('nodeClient' in client) return clusterLink(client);
  return 'acquire' in client ? sentinelLink(client) : singleLink(client);
}

function singleLink(client: SingleClient): Link {
  const send: Send = (args) => client.sendCommand(args, BYTES).then(inText);
  const primaries = async () => new Map([['', send]]);
  return { client, findsPrimary: false, send: (_, args) => send(args), primaries };
}

/** Reads from the primary too: a replica may not know yet that a session was ended. */
function sentinelLink(client: SentinelClient): Link {
  const send: Send = (args) => client.sendCommand(false, args, BYTES).then(inText);
  const primaries = async () => new Map([['', send]]);
  return { client, findsPrimary: true, send: (_, args) => send(args), primaries };
}

function clusterLink(client: ClusterClient): Link {
  const sendTo = async (node: ClusterNode): Promise<[string, Send]> => {
    const one = await client.nodeClient(node);
    return [node.address, (args) => one.sendCommand(args, BYTES).then(inText)];
  };
  return {
    client,
    findsPrimary: true,
    send: (key, args) => client.sendCommand(key, false, args, BYTES).then(inText),
    primaries: async () => new Map(await Promise.all(client.masters.map(sendTo))),
  };
}
