/** Errors of tasks, as people read them. Pure. */

/** Where Docker's words end and those of a volume driver begin. */
const ofVolumeDriver = /^.*?\bVolumeDriver\.[A-Za-z]+: /;

/**
 * A task's error without Docker's words around the sentence of a volume driver, which do not even
 * name the volume: `error while mounting volume '': VolumeDriver.Mount: `.
 */
export function taskError(error: string): string {
  return error.replace(ofVolumeDriver, "");
}

/** Words of the driver hive-shared (platform/images/host, holdings.py). */
const held =
  /\bvolume '([^']+)' is held by (?:.*? on )?(\S+?)(?: since \S+)?(?:, and was not released|\. Only one task)/;

/** A volume, and the server on which it is held. */
export interface HeldVolume {
  readonly volume: string;
  /** Its host name. */
  readonly server: string;
}

/** The volume for which a task waits in vain, if its error says that and names the server. */
export function heldVolume(error: string): HeldVolume | undefined {
  const [, volume, server] = held.exec(error) ?? [];
  return volume === undefined || server === undefined ? undefined : { volume, server };
}
