import { headers } from 'next/headers';
import { sessions } from '../lib/sessions.js';

/** A server component reads the session. It cannot set cookies: route handlers do. */
export default async function Page() {
  const { user, session } = await sessions.begin({ method: 'GET', url: '/', headers: await headers() });
  return <p>{`${user?.name ?? 'nobody'} ${session.get('views') ?? 0}`}</p>;
}
