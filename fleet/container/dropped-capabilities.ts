/**
 * Capabilities of Linux that a server container does not have, without `CAP_`. It has all others,
 * as systemd and a Docker Engine need them. They belong to the computer's kernel, which all servers
 * share: loading modules, raw access to devices and memory, a reboot, the clock. Some computers
 * refuse containers that may exceed resource limits.
 *
 * A change of this list makes servers anew, one by one only if the server image changes with it
 * (`replacement.ts`).
 */
export const droppedCapabilities = [
  "SYS_BOOT",
  "SYS_MODULE",
  "SYS_RAWIO",
  "SYS_RESOURCE",
  "SYS_TIME",
] as const;
