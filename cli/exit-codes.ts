/**
 * What the `hive` command's exit code says. `hive ssh` is the exception: it passes on the exit code
 * of the remote command, and 255 (OpenSSH's) when there was no connection.
 */
export const exitCodes = {
  /** Done; for `status`: all is well. */
  ok: 0,
  /** The engine or a host reported an error; for `status`: something is wrong. */
  failed: 1,
  /**
   * What the user wrote cannot be used: arguments, `Pulumi.<stage>.yaml`, `site/`. Nothing was
   * changed.
   */
  input: 2,
  /**
   * This computer lacks something: the engine, a Docker Engine, OpenSSH, the passphrase. Nothing
   * was changed.
   */
  prerequisite: 3,
  /** Another run is changing the stage. Nothing was changed. */
  locked: 4,
  /** Interrupted with Ctrl-C (128 + SIGINT). */
  interrupted: 130,
} as const;
