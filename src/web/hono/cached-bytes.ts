import type { Context } from 'hono';

/** The bytes that middleware before ours has read: Hono keeps them. Undefined when they were read past Hono. */
export async function cachedBytes({ req }: Context): Promise<Uint8Array | undefined> {
  try {
    const { formData } = req.bodyCache;
    // Of `FormData` alone Hono makes a multipart body; ours is urlencoded.
    if (formData !== undefined && Object.keys(req.bodyCache)[0] === 'formData')
      return Buffer.from(String(new URLSearchParams([...(await formData)] as [string, string][])));
    return new Uint8Array(await req.arrayBuffer());
  } catch {
    return undefined;
  }
}
