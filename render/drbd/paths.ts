/** Path of a volume's resource file, the same on all servers. Only root may read it. */
export function resourceFilePath(volume: string): string {
  return `/etc/drbd.d/${volume}.res`;
}

/** The block device of a minor. */
export function deviceOf(minor: number): string {
  return `/dev/drbd${minor}`;
}
