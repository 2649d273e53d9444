/// <reference types="node" preserve="true" />
export type { Answer, AnswerHeaders } from './answer.js';
export { type Act, Browser, type BrowserOptions, type BrowserRequest } from './browser.js';
export { type Span, type TestClock, testClock } from './clock.js';
export { CookieJar, type CookieQuery } from './cookie-jar.js';
export { type LoggedInOptions, loggedIn, type PersonOptions, visitor } from './people.js';
export type { PlaywrightCookie } from './playwright.js';
export type { KeptCookie } from './set-cookie.js';
export { BrokenContractError, type StoreCheck, type StoreKind, storeChecks } from './store/suite.js';
