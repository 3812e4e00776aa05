/** The address of loopback that an emulated cloud listens on. */
export const loopback = "127.0.0.1";

/** The address of an emulated cloud. */
export function endpointOf(port: number): string {
  return `http://${loopback}:${port}`;
}

/**
 * The endpoints, by service, that a rehearsal must not use: all that are not on loopback of this
 * computer, and those that are not given at all. With one of them, the rehearsal would change the
 * real AWS. Pure.
 *
 * @param endpoints - as in a stage's `hive:aws: endpoints`; `all` stands for every service
 * @returns problems in words; empty when nothing can leave this computer
 */
export function endpointsThatLeave(endpoints: Readonly<Record<string, string>>): readonly string[] {
  const given = Object.entries(endpoints);
  if (endpoints["all"] === undefined) {
    return [
      "There is no endpoint for all services, so some would be those of the real AWS. Set all: to the address of the rehearsal.",
    ];
  }
  return given
    .filter(([, address]) => !isLoopback(address))
    .map(
      ([service, address]) =>
        `The endpoint ${service}: ${address} is not on this computer. A rehearsal uses only ${loopback}.`,
    );
}

/** Whether an address is certainly on loopback: only numbers are, names can lead anywhere. */
function isLoopback(address: string): boolean {
  try {
    const { hostname, protocol, username } = new URL(address);
    return protocol === "http:" && username === "" && hostname === loopback;
  } catch {
    return false;
  }
}
