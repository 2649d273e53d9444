import type { RedisServer } from './server.js';

/** One line of `CLUSTER NODES`. */
export interface ClusterNode {
  id: string;
  port: number;
  isPrimary: boolean;
  /** The id of its primary; null for a primary. */
  primary: string | null;
  /** First and last slot of each range. */
  slots: (readonly [first: number, last: number])[];
}

/** The cluster as one of its nodes sees it. */
export async function nodesSeenBy(server: RedisServer): Promise<ClusterNode[]> {
  return (await server.cli('CLUSTER', 'NODES')).trim().split('\n').map(parse);
}

export function owns({ slots }: ClusterNode, slot: number): boolean {
  return slots.some(([first, last]) => first <= slot && slot <= last);
}

/** Who owns which slots, as text: equal for nodes that agree. */
export function ownersOf(nodes: readonly ClusterNode[]): string {
  const owners = nodes.filter(({ slots }) => slots.length > 0);
  return owners
    .map(({ port, slots }) => `${port}: ${slots.join(' ')}`)
    .sort()
    .join('; ');
}

/** Which of these nodes follows which, as text: equal for nodes that agree. */
export function followersOf(nodes: readonly ClusterNode[], ports: ReadonlySet<number>): string {
  const portOf = (id: string) => nodes.find((node) => node.id === id)?.port;
  const followers = nodes.filter(({ port, primary }) => ports.has(port) && primary !== null);
  return followers
    .map(({ port, primary }) => `${port}: ${portOf(primary as string)}`)
    .sort()
    .join('; ');
}

/** `ID HOST:PORT@BUS,NAME FLAGS PRIMARY PING PONG EPOCH LINK SLOT…`; a slot on its way is in brackets. */
function parse(line: string): ClusterNode {
  const [id = '', address = '', flags = '', primary = '', , , , , ...slots] = line.split(' ');
  const ranges = slots.filter((slot) => !slot.startsWith('['));
  return {
    id,
    port: Number(/:(\d+)/.exec(address)?.[1]),
    isPrimary: flags.split(',').includes('master'),
    primary: primary === '-' ? null : primary,
    slots: ranges.map((range) => {
      const [first, last = first] = range.split('-').map(Number);
      return [Number(first), Number(last)] as const;
    }),
  };
}
