import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './folder.js';

/** A user of a wiki: lines of the user file, and the password. */
export interface MoinUser {
  id: string;
  name: string;
  password: string;
  enc_password?: string;
  [line: string]: string | undefined;
}

/** The users whom MoinMoin 1.6 and 1.9.11 made themselves, with what their files say and their passwords. */
export const MOIN_USERS: Readonly<Record<'1.6' | '1.9', readonly MoinUser[]>> = {
  '1.6': [
    {
      id: '1795397431.56.58970',
      name: 'AdminUser',
      password: 'adm1n-pw',
      enc_password: '{SHA}HGAbq7Wo0zHtbo1e3x6VLxO54Hs=',
      email: 'admin@example.org',
    },
    {
      id: '1795397431.63.53991',
      name: 'JaneDoe',
      password: 'jane-pw-1',
      enc_password: '{SHA}aS9ye6fDPJm8hmFQNJ2I8NhXGV0=',
      email: 'jane@example.org',
      aliasname: 'Jane = the 1st',
      tz_offset: '3600',
    },
    {
      id: '1795397431.64.10246',
      name: 'АннаКаренина',
      password: 'anna-pw',
      enc_password: '{SHA}zeGPhRbJhT2Jm3rEeA6cJEtt0mw=',
      email: 'anna@example.org',
    },
    {
      id: '1795397431.64.55737',
      name: 'Jörg Müller',
      password: 'joerg-pw-ß',
      enc_password: '{SHA}2svcRuYTg4qqD+46I3hNNPFWwNY=',
      email: 'joerg@example.org',
      aliasname: 'Jörgi äöü',
    },
    {
      id: '1795397431.65.47128',
      name: '山田太郎',
      password: 'taro-pw',
      enc_password: '{SHA}IvdKuUVH+Rghr4R1X0Ll7sp5JL8=',
      email: 'taro@example.org',
    },
    {
      id: '1795397431.66.52858',
      name: 'JoeDoe',
      password: 'joe-pw-1',
      enc_password: '{SHA}Pp8x5SqAPO0OW/aPXcGpzyCp1aA=',
      email: 'joe@example.org',
    },
    {
      id: '1795397431.67.108',
      name: 'NoRemember',
      password: 'norem-pw',
      enc_password: '{SHA}yJcX/3mQ8KfSNiNrkAF87ZyV0s4=',
      email: 'nr@example.org',
    },
    {
      id: '1795397431.68.39605',
      name: 'ManyLogins',
      password: 'many-pw',
      enc_password: '{SHA}fLGAsT803MLlyukWIfzyTsQnd/g=',
      email: 'many@example.org',
    },
    {
      id: '1795397431.69.61604',
      name: 'NoTrail',
      password: 'notrail-pw',
      enc_password: '{SHA}pmgaM9Nmd6TJ+N3m5ths5LaCNBk=',
      email: 'nt@example.org',
    },
    {
      id: '1795397431.7.64119',
      name: 'DisabledUser',
      password: 'dis-pw',
      enc_password: '{SHA}/b6i15IaiAo32OTCXT7zHUZy4vE=',
      email: 'dis@example.org',
      disabled: '1',
    },
  ],
  '1.9': [
    {
      id: '1795397706.22.60370',
      name: 'AdminUser',
      password: 'adm1n-pw',
      enc_password:
        '{PASSLIB}$6$rounds=656000$O65uxPmprWJWSzUC$1ejCLfJqse2QiBrLu4IFCKotdPGGvfYtTEVFINejyLf.3iYYf0opKW4IlPiTMAuAGYW56AJvkkddbtfljSFic/',
      email: 'admin@example.org',
    },
    {
      id: '1795397706.49.1207',
      name: 'JaneDoe',
      password: 'jane-pw-1',
      enc_password:
        '{PASSLIB}$6$rounds=656000$U9Y2VK2Z6UTeqOcK$uPgRNXze9jGkBZvLjk8BnEoyJo4jIudt92r.Ze0esFkEFFW6kwN9OtGReANciHYMg5H2hiFk2P9S/AM3mecbY/',
      email: 'jane@example.org',
      aliasname: 'Jane the 1st',
      tz_offset: '3600',
    },
    {
      id: '1795397706.66.54803',
      name: 'Jörg Müller',
      password: 'joerg-pw',
      enc_password:
        '{PASSLIB}$6$rounds=656000$XvxXfQss0ZjDiDw/$mePuvvld3ZJ.VlGZGbKh0PyLLpovFf.e9/GWliJerBgvyANJY50i8tXFAMqV2Z1baF4lnKAciU22.A.cU0BwS0',
      email: 'joerg@example.org',
      language: 'de',
      aliasname: 'Jörgi = äöü',
    },
    {
      id: '1795397706.84.36763',
      name: 'Анна Каренина',
      password: 'anna-pw',
      enc_password:
        '{PASSLIB}$6$rounds=656000$Xzack2ctM1QAzW6S$qISNXDzF6x0dHEQ9jTOSIdob.mK042P6OYsnfePKWMUSePmAcT3luzyZLtvmTHrs7M6.5nH.duKi5hCjLsYk41',
      email: 'anna@example.org',
    },
    {
      id: '1795397707.12.62782',
      name: '山田太郎',
      password: 'taro-pw',
      enc_password:
        '{PASSLIB}$6$rounds=656000$B4N8Zlwb5EwqcVSH$b/09y8hx6FjeHGo9rmGtM3nxh90GfuRsoH9t6LLvnEwiJGMJVNo9hdEB.BRCa0jdqYUzk/joPuetPTnrcs1Fk.',
      email: 'taro@example.org',
    },
    {
      id: '1795397707.37.15837',
      name: 'JoeDoe',
      password: 'joe-pw-1',
      enc_password:
        '{PASSLIB}$6$rounds=656000$5WrGAbLXCpKRkVEr$ilL0HfGXtNqWQSNU0pO.xXKlgkc2XN8QDQ6NhT1Q/TtsV/8Isd9usA6TOMziLj4fb8Fg2cPUAExgiwerXTNdE.',
      email: 'joe@example.org',
    },
    {
      id: '1795397707.63.43764',
      name: 'NoRemember',
      password: 'norem-pw',
      enc_password:
        '{PASSLIB}$6$rounds=656000$MnPN09U5xZ5G0yhK$9yWexi8hLvVgFcisVnTmoNGfm49UFTfTF6kN1rLJ62AI9/og5fLzhgoN9/nnCXZBB6npkcejGLa8ef.lcJex..',
      email: 'nr@example.org',
    },
    {
      id: '1795397707.89.6157',
      name: 'DisabledUser',
      password: 'dis-pw',
      enc_password:
        '{PASSLIB}$6$rounds=656000$fObugD1iuG3/Ar2c$B9VVX5C0PanxVPHgLHG4XWBcIGkq.8cpnAfy0FF15Zi6B5uqiw0GnkZ2UpIhPgRhrn77kNlYazeKPxg.p4zye/',
      email: 'dis@example.org',
      disabled: '1',
    },
    {
      id: '1795397708.15.12533',
      name: 'OldSha',
      password: 'sha-pw-ä',
      enc_password: '{SHA}Q/fx7wOqCkUKmcu1JnbDRZKCGiw=',
      email: 'o2@example.org',
    },
    {
      id: '1795397708.15.1823',
      name: 'OldMd5',
      password: 'old-pw',
      enc_password: '{MD5}$1$hgfedcba$xYMrC7hy3n0cvZAlzwuqx1',
      email: 'old@example.org',
    },
    {
      id: '1795397708.16.25054',
      name: 'OldApr1',
      password: 'apr1-pw',
      enc_password: '{APR1}$apr1$abcdefgh$fAEDk.kDz9WOUjOq5ksce1',
      email: 'o4@example.org',
    },
    {
      id: '1795397708.16.31301',
      name: 'OldSsha',
      password: 'ssha-pw',
      enc_password: '{SSHA}DIkelkwxSX5rhQirBWVatz8e44xvQ/wYfUEVZlt0mYN9BnhCWF28aw==',
      email: 'o3@example.org',
    },
  ],
};

/** A new wiki with these users. Returns its data folder. */
export function wikiOf(users: readonly MoinUser[]): string {
  const data = join(temporaryFolder(), 'wiki', 'data');
  const folder = join(data, 'user');
  mkdirSync(folder, { recursive: true });
  for (const user of users) writeFileSync(join(folder, user.id), userText(user));
  return data;
}

/** A user file as MoinMoin writes it. */
function userText({ id, password: _, ...lines }: MoinUser): string {
  const all = {
    aliasname: '',
    disabled: '0',
    email: '',
    language: '',
    tz_offset: '0',
    'quicklinks[]': '',
    ...lines,
  };
  const texts = Object.entries(all).map(([key, value]) => `${key}=${value}\n`);
  return `# Data saved '2026-11-23 01:35:06' for id '${id}'\n${texts.sort().join('')}`;
}
