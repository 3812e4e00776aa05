import { servicePath } from "../schema/check-site";
import { forEachService } from "./rule";

/**
 * No line of `/etc/hosts` uses the name of a server: these names always exist, with the server's
 * address.
 */
export const hostLineProblems = forEachService(({ name, service, plan }) =>
  Object.entries(service.hosts ?? {}).flatMap(([host, address]) =>
    plan.hosts[host] === address
      ? []
      : [
          {
            path: servicePath(name, ["hosts", host]),
            value: `"${address}"`,
            message: `is the name of a server of this stage, which has the address ${plan.hosts[host]}`,
            remedy: "remove it",
          },
        ],
  ),
);
