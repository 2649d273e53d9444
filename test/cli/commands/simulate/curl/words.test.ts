import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bashWords } from '../../../../../src/cli/commands/simulate/curl/bash-words.js';
import { cmdWords } from '../../../../../src/cli/commands/simulate/curl/cmd-words.js';

const CONTROL = /\p{Cc}|!/u;

/** How Chrome quotes a value for bash: `$'…'` where it has to. */
function forBash(text: string): string {
  if (!CONTROL.test(text) && !text.includes("'")) return `'${text}'`;
  const escaped = [...text].map((character) => {
    if (character === '\\') return '\\\\';
    if (character === "'") return "\\'";
    if (character === '\n') return '\\n';
    if (character === '\r') return '\\r';
    return CONTROL.test(character)
      ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
      : character;
  });
  return `$'${escaped.join('')}'`;
}

/** How Chrome quotes a value for Windows. */
function forCmd(text: string): string {
  const escaped = text
    .replace(/\\/g, '\\\\')
    .replace(/"/g, '\\"')
    .replace(/[^a-zA-Z0-9\s_\-:=+~'/.',?;()*`]/g, '^$&')
    .replace(/%(?=[a-zA-Z0-9_])/g, '%^')
    .replace(/\r?\n/g, '^\n\n');
  return `^"${escaped}^"`;
}

const value = fc.string({ unit: fc.constantFrom(...'ab1 ="\'\\$`!%^&|;<>(){}[]~#*?/:,.-_@+é\n\t') });

describe('the words of a command for bash', () => {
  it('spec 7: any value that a browser quotes for bash comes back as it was', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), (values) => {
        const text = `curl ${values.map(forBash).join(' \\\n  ')}`;
        expect(bashWords(text)?.words).toEqual(['curl', ...values]);
      }),
    );
  });

  it('splits as a real shell does', () => {
    const command = String.raw`a 'b c' "d \"e\" \\ \$f \x" g\ h i'j'"k" '' $'l\'m\tn\x41é\101' \
 o $'\q'`;
    const { stdout } = spawnSync('bash', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' });
    expect(bashWords(command)?.words).toEqual(stdout.split('\0').slice(0, -1));
  });

  it('ends where the command ends, and reads no other', () => {
    expect(bashWords("\n curl 'a' ; curl b")).toEqual({ words: ['curl', 'a'], rest: ' curl b' });
    expect(bashWords('curl a | sh')).toEqual({ words: ['curl', 'a'], rest: ' sh' });
    expect(bashWords('curl a \\\r\n b\r\n')?.words).toEqual(['curl', 'a', 'b']);
    expect(bashWords('curl $HOME `id` $(id)')?.words).toEqual(['curl', '$HOME', '`id`', '$(id)']);
  });

  it.each(["curl 'a", 'curl "a', "curl $'a", "curl $'a\\'"])('%s has a quote without end', (text) => {
    expect(bashWords(text)).toBeNull();
  });

  it('survives any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const found = [bashWords(text), cmdWords(text)];
        for (const words of found) expect(words === null || Array.isArray(words.words)).toBe(true);
      }),
    );
  });
});

describe('the words of a command for Windows', () => {
  it('spec 7: any value that a browser quotes for cmd.exe comes back as it was', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), (values) => {
        const text = `curl ${values.map(forCmd).join(' ^\r\n  ')}`;
        expect(cmdWords(text)?.words).toEqual(['curl', ...values]);
      }),
    );
  });

  it('knows the older form, with plain quotes that are doubled within', () => {
    expect(cmdWords('curl "https://a.example/?x=1&y=2" -H "a: ""b"" ^ c" --data-raw ""')?.words).toEqual([
      'curl',
      'https://a.example/?x=1&y=2',
      '-H',
      'a: "b" ^ c',
      '--data-raw',
      '',
    ]);
    expect(cmdWords('curl "a')).toBeNull();
    expect(cmdWords('curl a & del b')).toEqual({ words: ['curl', 'a'], rest: ' del b' });
  });
});
