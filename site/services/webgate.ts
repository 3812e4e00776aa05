import { defineService } from "../../model/service";

/**
 * The gate through which users come in: on every cluster server, so that any of them may be lost.
 * It lets in who has logged in at am, and passes requests on to the portal.
 */
export const webgate = defineService({
  image: { build: "webgate" },
  dependsOn: ["am", "portal"],
  mode: "global",
  // In host mode, the default of global services: the client's address is kept and no other server
  // is needed.
  ports: ["80", "443"],
  endpointMode: "dnsrr",
  hostname: "{{.Node.Hostname}}",
  environment: { RELEASE: "1" },
  // Requests at hand are finished; nginx itself waits no longer than 5 s for them.
  stopGracePeriod: "10s",
  resources: { limits: { memory: "256MiB", pids: 256 } },
});
