/** What a command that runs the auth chain says when there is a store alone. */
export const NOT_CONFIGURED =
  'there is no configuration here, so users, auth chain, secrets and lifetimes of the site are not known: name it with --config FILE';
