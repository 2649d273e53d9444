/**
 * Who called sudo, by the variables that it sets. Anybody can set them without sudo, so the name is marked unless the command
 * runs as root and both variables are there, as after sudo. Root without `SUDO_USER` is looked up by `SUDO_UID`, and marked, too.
 * @param nameOf the name of a user of the machine by the number; null if nobody has it
 */
export function sudoUserIn(
  env: NodeJS.ProcessEnv,
  uid: number | undefined,
  nameOf: (uid: number) => string | null = () => null,
): string | undefined {
  const id = /^\d{1,10}$/.test(env.SUDO_UID ?? '') ? Number(env.SUDO_UID) : undefined;
  if (env.SUDO_USER) return uid === 0 && id !== undefined ? env.SUDO_USER : `${env.SUDO_USER} (unproven)`;
  if (uid !== 0 || id === undefined || id === 0) return undefined;
  return `${nameOf(id) ?? `uid ${id}`} (unproven)`;
}

/** The name in a text of the form of /etc/passwd. */
export function nameInPasswd(text: string, uid: number): string | null {
  for (const line of text.split('\n')) {
    const [name, , number] = line.split(':');
    if (name && number === String(uid)) return name;
  }
  return null;
}
