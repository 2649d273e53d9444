import type { LoginForm } from '../../src/http/request.js';
import type { Sessions } from '../../src/sessions.js';
import type { Answer } from '../../src/testing/answer.js';
import { Browser as PublishedBrowser } from '../../src/testing/browser.js';
import type { CookieJar } from '../../src/testing/cookie-jar.js';

const NAME = 'MOIN_SESSION';

/** The published browser, at a site of the tests: the password of each user is the user's name. */
export class Browser extends PublishedBrowser {
  readonly #sessions: Sessions;

  constructor(sessions: Sessions, jar?: CookieJar) {
    super(sessions, jar === undefined ? {} : { jar });
    this.#sessions = sessions;
  }

  /** The value of the session cookie that a request sends now, or undefined. */
  get cookie(): string | undefined {
    return this.jar.cookies(this.origin).find(({ name }) => name === NAME)?.value;
  }

  /** Puts a cookie into the jar, as an attacker or an older version does; undefined removes it. */
  plant(value: string | undefined, name = NAME): void {
    if (value === undefined) this.jar.take(`${name}=; Path=/; Max-Age=0`, this.origin);
    else this.jar.plant(name, value, this.origin);
  }

  override copy(): Browser {
    return new Browser(this.#sessions, this.jar.copy());
  }

  override logIn(name: string, fields: LoginForm = {}): Promise<Answer> {
    return super.logIn(name, { password: name, ...fields });
  }
}
