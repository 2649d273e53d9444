/**
 * Who called sudo, by the variables that it sets. Anybody can set them without sudo, so the name is marked unless the command
 * runs as root and both variables are there, as after sudo.
 */
export function sudoUserIn(env: NodeJS.ProcessEnv, uid: number | undefined): string | undefined {
  if (!env.SUDO_USER) return undefined;
  const isLikely = uid === 0 && /^\d+$/.test(env.SUDO_UID ?? '');
  return isLikely ? env.SUDO_USER : `${env.SUDO_USER} (unproven)`;
}
