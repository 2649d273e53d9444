/**
 * Who called sudo, by the variables that it sets. Anybody can set them without sudo, so the name is marked unless the command
 * runs as root and both variables are there, as after sudo.
 */
export function sudoUserIn(
  { SUDO_USER, SUDO_UID }: NodeJS.ProcessEnv,
  uid: number | undefined,
): string | undefined {
  if (!SUDO_USER) return undefined;
  const isLikely = uid === 0 && /^\d+$/.test(SUDO_UID ?? '');
  return isLikely ? SUDO_USER : `${SUDO_USER} (unproven)`;
}
