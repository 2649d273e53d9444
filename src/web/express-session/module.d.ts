/** As much of express-session as a store needs. Its published types also claim `req.session`, which is ours in `/express`. */
declare module 'express-session' {
  import type { EventEmitter } from 'node:events';
  import type { IncomingMessage, ServerResponse } from 'node:http';

  function session(
    options: object,
  ): (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

  namespace session {
    class Store extends EventEmitter {
      createSession(request: object, data: object): object;
      load(sid: string, callback: (error: unknown, session?: object) => void): void;
      regenerate(request: object, callback: (error?: unknown) => void): void;
    }

    class MemoryStore extends Store {
      get(sid: string, callback: (error: unknown, session?: object | null) => void): void;
      set(sid: string, session: object, callback?: (error?: unknown) => void): void;
      destroy(sid: string, callback?: (error?: unknown) => void): void;
      length(callback: (error: unknown, length?: number) => void): void;
    }
  }

  export = session;
}
