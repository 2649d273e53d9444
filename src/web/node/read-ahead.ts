import { AbortedFormError } from '../shared/errors.js';
import type { NodeRequest } from './server-types.js';

/** Reads a body of known length, and puts it back for the application. */
export function readAhead(request: NodeRequest, length: number): Promise<Buffer> {
  if (length === 0) return Promise.resolve(Buffer.alloc(0));
  return new Promise((resolve, reject) => {
    const stop = () => {
      request.off('readable', take).off('error', leave).off('close', closed);
    };
    const leave = (cause?: Error) => {
      stop();
      reject(new AbortedFormError(cause));
    };
    const closed = () => leave();
    const take = () => {
      // Exactly `length`: a longer read reaches the end of the stream, and then nothing can be put back.
      const bytes: Buffer | null = request.read(length);
      if (bytes === null) return;
      if (bytes.length < length) return leave();
      stop();
      request.unshift(bytes);
      resolve(bytes);
    };
    request.on('readable', take).on('error', leave).on('close', closed);
  });
}
