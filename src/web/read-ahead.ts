import type { NodeRequest } from './request.js';

/** Reads a body of known length, and puts it back: whoever comes behind reads it again, as if nobody had. */
export function readAhead(request: NodeRequest, length: number): Promise<Buffer> {
  if (length === 0) return Promise.resolve(Buffer.alloc(0));
  return new Promise((resolve, reject) => {
    const stop = () => {
      request.off('readable', take).off('error', fail).off('close', leave);
    };
    const fail = (error: Error) => {
      stop();
      reject(error);
    };
    const leave = () => fail(goneError());
    const take = () => {
      // Exactly so many: to ask for more would find the end, and behind the end nothing can be put back.
      const bytes: Buffer | null = request.read(length);
      if (bytes === null) return;
      if (bytes.length < length) return leave();
      stop();
      request.unshift(bytes);
      resolve(bytes);
    };
    request.on('readable', take).on('error', fail).on('close', leave);
  });
}

function goneError(): Error {
  return Object.assign(new Error('the visitor left in the middle of a login form'), { code: 'ECONNRESET' });
}
