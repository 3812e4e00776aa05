import { defineService } from "../../model/service";

/**
 * The gate for users. It runs on every cluster server, so that any of them may be lost. It admits
 * users who have logged in at am, and passes their requests on to the portal.
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
  // Open requests are finished; nginx itself waits at most 5 s for them.
  stopGracePeriod: "10s",
  resources: { limits: { memory: "256MiB", pids: 256 } },
});
