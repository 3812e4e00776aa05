/**
 * Exit codes of the `hive` command. `hive ssh` is the exception: it passes on the exit code
 * of the remote command, and 255 (OpenSSH's) when there was no connection.
 */
export const exitCodes = {
  /** Done; for `status`: all is well; for `audit`: nothing was found. */
  ok: 0,
  /**
   * Pulumi or a host reported an error; for `status`: something is wrong; for `audit`: something
   * was found.
   */
  failed: 1,
  /**
   * Arguments, `Pulumi.<stage>.yaml` or `site/` are wrong. Nothing was changed.
   */
  input: 2,
  /**
   * Something is missing on this computer: Pulumi, a Docker Engine, OpenSSH, the passphrase.
   * Nothing was changed.
   */
  prerequisite: 3,
  /** Another run is changing the stage. Nothing was changed. */
  locked: 4,
  /** The run is done, but the site is not whole: what is wrong was listed, as `status` does. */
  notWhole: 5,
  /** Interrupted with Ctrl-C (128 + SIGINT). */
  interrupted: 130,
} as const;
