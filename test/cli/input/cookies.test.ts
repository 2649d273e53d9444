import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CliContext } from '../../../src/cli/context.js';
import { cookieHeader, inputText } from '../../../src/cli/input/cookies.js';
import { temporaryFolder } from '../../aid/folder.js';
import { need } from '../../aid/need.js';

const noPipes = process.platform === 'win32' ? 'Windows has no named pipes' : null;
const contextIn = (cwd: string) => ({ cwd }) as CliContext;

describe('a file of cookies', () => {
  it('a pipe without a writer is not waited for', async (context) => {
    need(context, noPipes);
    const flag = '--cookie-file';
    const cwd = temporaryFolder();
    execFileSync('mkfifo', [join(cwd, 'pipe')]);
    await expect(inputText(contextIn(cwd), flag, 'pipe')).rejects.toMatchObject({
      exitCode: 2,
      message: `${flag} ${join(cwd, 'pipe')} is a pipe: name a file, or give - for stdin`,
    });
  });

  it('lines and blanks between cookies are no matter, however many', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'cookies'), `Cookie: a=1 \r\n\n  b=${' '.repeat(1_000_000)}2\n`);
    const header = await cookieHeader(contextIn(cwd), { cookieFile: 'cookies' }, 'MOIN_SESSION');
    expect(header).toHaveLength('a=1; b=2'.length + 1_000_000);
    expect(header.startsWith('a=1; b= ')).toBe(true);
  });
});
