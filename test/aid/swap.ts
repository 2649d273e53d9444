import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** renameat2 of Linux, by architecture, and RENAME_EXCHANGE of its flags. */
const RENAMEAT2: Readonly<Record<string, number>> = { x64: 316, arm64: 276 };

/** Most pauses are shorter than a change takes. Some are longer, so that a change is done between two swaps. */
const PROGRAM = `
  my ($number, $one, $other) = @ARGV;
  $| = 1; print "swapping\\n";
  while (1) { syscall($number + 0, -100, "$one\\0", -100, "$other\\0", 2); select(undef, undef, undef, rand() < 0.1 ? rand(0.02) : rand(0.0004)); }
`;

/** The reason for `need` to skip a test that swaps names; null where it can. */
export const cannotSwap =
  process.platform !== 'linux' || RENAMEAT2[process.arch] === undefined
    ? 'renameat2 is called on Linux alone, on x64 and arm64'
    : spawnSync('perl', ['-e', '1']).status === 0
      ? null
      : 'there is no perl to call renameat2 with';

/** Exchanges two names again and again, as their owner could, until the function that it returns is called. */
export async function swapAllTheTime(one: string, other: string): Promise<() => Promise<void>> {
  const child = spawn('perl', ['-e', PROGRAM, String(RENAMEAT2[process.arch]), one, other], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
}
