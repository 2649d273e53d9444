import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** Where a server answers, and what it asks for. */
export interface Address {
  port: number;
  password?: string | undefined;
  /** File of the certificate, for TLS. */
  ca?: string | undefined;
}

type Reply = string | null | Error | Reply[];

/** How long a server may take, in ms. */
const LIMIT = 5_000;

/**
 * One command over a connection of its own (RESP 2). Gives the answer as `redis-cli` does into a pipe: an item a line.
 * @throws an error with the server's text, and one after 5 s without an answer
 */
export async function command(address: Address, args: readonly (string | number)[]): Promise<string> {
  const { password } = address;
  const login = password === undefined ? [] : [['AUTH', password]];
  const replies = await exchange(address, [...login, args]);
  const failed = replies.find((reply) => reply instanceof Error);
  if (failed instanceof Error) throw failed;
  return text(replies.at(-1) ?? null);
}

function exchange(address: Address, commands: readonly (readonly (string | number)[])[]): Promise<Reply[]> {
  return new Promise((resolve, reject) => {
    const socket = open(address);
    const timer = setTimeout(() => end(new Error(`no answer from port ${address.port}`)), LIMIT);
    const chunks: Buffer[] = [];
    const end = (error: Error | null, replies: Reply[] = []) => {
      clearTimeout(timer);
      socket.destroy();
      if (error === null) resolve(replies);
      else reject(error);
    };
    socket.on('error', end);
    socket.on('close', () => end(new Error(`port ${address.port} closed the connection`)));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      const replies = parse(Buffer.concat(chunks).toString('latin1'), commands.length);
      if (replies !== null) end(null, replies);
    });
    socket.write(commands.map(encode).join(''));
  });
}

function open({ port, ca }: Address): Socket {
  const host = '127.0.0.1';
  return ca === undefined ? connect({ port, host }) : connectTls({ port, host, ca: readFileSync(ca) });
}

function encode(args: readonly (string | number)[]): string {
  const parts = args.map((arg) => `$${Buffer.byteLength(String(arg))}\r\n${arg}\r\n`);
  return `*${args.length}\r\n${parts.join('')}`;
}

/** So many replies, or null when the text does not hold them all yet. */
function parse(received: string, count: number): Reply[] | null {
  let at = 0;
  const take = (end: number) => {
    if (end < at || end > received.length) throw new RangeError('incomplete');
    const part = received.slice(at, end);
    at = end;
    return part;
  };
  const line = () => {
    const part = take(received.indexOf('\r\n', at));
    take(at + 2);
    return part;
  };
  const reply = (): Reply => {
    const [type, rest] = [take(at + 1), line()];
    if (type === '-') return new Error(rest);
    if (type === '*') return rest === '-1' ? null : Array.from({ length: Number(rest) }, reply);
    if (type !== '$') return rest;
    if (rest === '-1') return null;
    const bulk = take(at + Number(rest));
    take(at + 2);
    return Buffer.from(bulk, 'latin1').toString();
  };
  try {
    return Array.from({ length: count }, reply);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function text(reply: Reply): string {
  return Array.isArray(reply) ? reply.map(text).join('\n') : String(reply ?? '');
}
