/// <reference types="node" preserve="true" />
export type { AuthContext, TokenLoginOptions, TokenSession } from './auth/auth-context.js';
export type { AuthOption, BuiltInMethod, BuiltInOption } from './auth/builtin.js';
export type {
  AuthMethod,
  AuthRequest,
  AuthResponse,
  AuthResult,
  AuthSite,
  AuthStep,
  AuthUser,
  CrossSite,
  Known,
  NamedUser,
} from './auth/method.js';
export { basicChallenge, type HttpBasicOptions, httpBasic } from './auth/methods/http-basic.js';
export { type LogOptions, log } from './auth/methods/log.js';
export { moinAnonSession } from './auth/methods/moin-anon-session.js';
export { moinLogin } from './auth/methods/moin-login.js';
export { type MoinSessionOptions, moinSession } from './auth/methods/moin-session/method.js';
export { type PassportOptions, passport } from './auth/methods/passport/method.js';
export type { PassportStrategy } from './auth/methods/passport/strategy.js';
export { type RemoteUserOptions, remoteUser } from './auth/methods/remote-user.js';
export { type SslClientCertOptions, sslClientCert } from './auth/methods/ssl-client-cert.js';
export type { Clock } from './base/clock.js';
export {
  ConfigurationError,
  DeniedRecordError,
  LateLoginError,
  MoinSessionsError,
  NotFoundError,
  PartialError,
  StoreError,
  TooManyLoginsError,
  UnreadableRecordError,
  UserRuleError,
} from './base/errors.js';
export type { Json, JsonObject } from './base/json.js';
export { defineConfig, type Secret, type SessionsOptions } from './config/options.js';
export type { Durability } from './disk/durability.js';
export type { TrustProxy } from './http/proxy.js';
export type { ClientCertificate, HeaderFields, IncomingRequest, LoginForm } from './http/request.js';
export type { ResponseHeaders } from './http/response-headers.js';
export { StoppedError, UnfinishedError } from './session/admin/bulk.js';
export type { SessionFilter } from './session/admin/filter.js';
export type { EndingFilter } from './session/admin/filter-check.js';
export type { SessionDetail, SessionInfo } from './session/admin/info.js';
export type {
  AdminOptions,
  EndUserOptions,
  ExpireOptions,
  ExpireReport,
  KeptBecause,
  PurgeReport,
} from './session/admin/report.js';
export type { SetCookie } from './session/cookie/response-cookie.js';
export type { SessionEvent, SessionEventName } from './session/lifecycle/events.js';
export type { LifetimeOptions } from './session/lifecycle/lifetime.js';
export type { SessionState } from './session/lifecycle/state.js';
export type {
  AnySession,
  LeftKey,
  RotateOptions,
  SaveResult,
  Session,
  SessionIterator,
} from './session/session.js';
export type { JsonLike, SessionKey, SessionValues } from './session/session-values.js';
export { createSessions, type Sessions } from './sessions.js';
export type * from './store/contract.js';
export { assertIdPrefix, assertSessionId, isSessionId } from './store/contract.js';
export { FileStore, type FileStoreOptions } from './store/file/store.js';
export { MemoryStore } from './store/memory.js';
export { openStore } from './store/open.js';
export type { OpenStoreOptions } from './store/opener.js';
export { parseRecord, parseTombstone, type Storable, storable } from './store/record.js';
export type { DirectoryUser, UserDirectory, UserFields } from './users/directory.js';
export { FileUserDirectory, type FileUserDirectoryOptions, type ListedUser } from './users/file.js';
export type { ImportedUser, UserToImport } from './users/import-verdict.js';
export type { ScryptParameters } from './users/scrypt.js';
export { ChangeUserError, changeBack, changeUser } from './visit/change-user.js';
export type { LoginResult } from './visit/login-result.js';
export type { LogInOptions, RouteResult, RouteUser } from './visit/route-login.js';
export { type Trail, trail } from './visit/trail.js';
export type { CookieReport, Visit } from './visit/visit.js';
export type { VisitUser } from './visit/visit-user.js';
