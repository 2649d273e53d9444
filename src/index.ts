export type { AuthOption, BuiltInMethod, BuiltInOption } from './auth/builtin.js';
export { basicChallenge, type HttpBasicOptions, httpBasic } from './auth/http-basic.js';
export { type LogOptions, log } from './auth/log.js';
export type {
  AuthMethod,
  AuthRequest,
  AuthResponse,
  AuthResult,
  AuthSite,
  AuthStep,
  AuthUser,
  ClientCertificate,
  HeaderFields,
  IncomingRequest,
  Known,
  LoginForm,
} from './auth/method.js';
export { moinAnonSession } from './auth/moin-anon-session.js';
export { moinLogin } from './auth/moin-login.js';
export { type MoinSessionOptions, moinSession } from './auth/moin-session/method.js';
export { type PassportOptions, passport } from './auth/passport.js';
export type { PassportStrategy } from './auth/passport-strategy.js';
export type { TrustProxy } from './auth/proxy.js';
export { type RemoteUserOptions, remoteUser } from './auth/remote-user.js';
export { type SslClientCertOptions, sslClientCert } from './auth/ssl-client-cert.js';
export { ChangeUserError, changeBack, changeUser } from './change-user.js';
export {
  ConfigurationError,
  MoinSessionsError,
  NotFoundError,
  StoreError,
  TooManyLoginsError,
  UnreadableRecordError,
} from './errors.js';
export type { Json, JsonObject } from './json.js';
export { defineConfig, type SessionsOptions } from './options.js';
export type { AdminOptions, EndUserOptions, ExpireReport, PurgeReport } from './session/admin.js';
export type { SessionDesk } from './session/desk.js';
export type { SessionEvent, SessionEventName } from './session/events.js';
export type { SessionFilter } from './session/filter.js';
export type { EndingFilter } from './session/filter-check.js';
export type { SessionDetail, SessionInfo, SessionState } from './session/info.js';
export type { LifetimeOptions } from './session/lifetime.js';
export type { SetCookie } from './session/response-cookie.js';
export type {
  RotateOptions,
  SaveResult,
  Session,
  SessionIterator,
  SessionValues,
} from './session/session.js';
export { StoppedError, UnfinishedError } from './session/tally.js';
export { createSessions, type Sessions } from './sessions.js';
export type * from './store/contract.js';
export { FileStore, type FileStoreOptions } from './store/file.js';
export { MemoryStore } from './store/memory.js';
export { type OpenStoreOptions, openStore } from './store/open.js';
export { type Trail, trail } from './trail.js';
export type { DirectoryUser, UserDirectory } from './users/directory.js';
export { FileUserDirectory, type FileUserDirectoryOptions, type ListedUser } from './users/file.js';
export type { CookieReport, Visit } from './visit.js';
