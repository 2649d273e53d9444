import { AbortedFormError } from '../shared/errors.js';
import type { NodeRequest } from './server-types.js';

/**
 * Reads a whole body, and puts it back for the application.
 * @param limit bytes
 * @returns null when the body is longer; what was read of it is put back too
 * @throws AbortedFormError when the visitor leaves in the middle
 */
export function readAhead(request: NodeRequest, limit: number): Promise<Buffer | null> {
  if (request.destroyed) return Promise.reject(new AbortedFormError());
  if (isWhole(request) && request.readableLength === 0) return Promise.resolve(Buffer.alloc(0));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const stop = () => {
      request.off('readable', take).off('error', leave).off('close', closed);
    };
    const leave = (cause?: Error) => {
      stop();
      reject(new AbortedFormError(cause));
    };
    const closed = () => leave();
    const take = () => {
      // Exactly what is there: a longer read reaches the end of the stream, and then nothing can be put back.
      const chunk: Buffer | null = request.readableLength > 0 ? request.read(request.readableLength) : null;
      if (chunk !== null) chunks.push(chunk);
      length += chunk?.length ?? 0;
      if (length <= limit && !isWhole(request)) return;
      request.off('readable', take);
      // Node ends an HTTP/2 stream that was reset like a whole one, and tells of the reset afterwards.
      if ('stream' in request) setImmediate(finish);
      else finish();
    };
    const finish = () => {
      if (isReset(request)) return leave();
      stop();
      const bytes = Buffer.concat(chunks);
      if (length > 0) request.unshift(bytes);
      resolve(length > limit ? null : bytes);
    };
    // Start the reading here: a `readable` listener would do it later, and by then it may emit the end of an empty body.
    request.read(0);
    request.on('readable', take).on('error', leave).on('close', closed);
  });
}

/** The last byte has arrived. `complete` of an HTTP/2 request is true only when the body has been read. */
function isWhole(request: NodeRequest): boolean {
  return 'stream' in request ? request.stream.readableEnded : request.complete;
}

function isReset(request: NodeRequest): boolean {
  return 'stream' in request && (request.stream.aborted || request.stream.rstCode !== 0);
}
