import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import type { RedisServer } from './server.js';
import { until } from './until.js';

/** All commands that clients send to a server (MONITOR). */
export interface Monitor {
  /** The commands since the last time that this was asked, in order, each with its key. Those that connect are left out. */
  commands: () => Promise<string[]>;
  stop: () => void;
}

/** What clients send when they connect, and this monitor. A store sends none of them. */
const OTHERS = /^(HELLO|CLIENT|AUTH|SELECT|ECHO)$/;

let marks = 0;

/** Watches a server without password. A script is one command: what it does inside is left out. */
export async function startMonitor(server: RedisServer): Promise<Monitor> {
  const socket = connect(server.port, '127.0.0.1');
  const seen: string[][] = [];
  createInterface({ input: socket }).on('line', (line) => {
    if (!/^\+[\d.]+ \[\d+ lua\]/.test(line)) seen.push(wordsOf(line));
  });
  socket.write('MONITOR\r\n');
  await once(socket, 'data');
  return {
    commands: async () => {
      const mark = `mark-${process.pid}-${marks++}`;
      await server.cli('ECHO', mark);
      await until('the monitor is up to date', () => seen.some(([, word]) => word === mark));
      const sent = seen.splice(0).filter(([name = '']) => name !== '' && !OTHERS.test(name));
      return sent.map(([name, ...words]) => `${name} ${/^EVAL/.test(name as string) ? words[2] : words[0]}`);
    },
    stop: () => void socket.destroy(),
  };
}

/** The quoted words of a line. */
function wordsOf(line: string): string[] {
  const words = [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word]) => word as string);
  return words.map((word, n) => (n === 0 ? word.toUpperCase() : word));
}
