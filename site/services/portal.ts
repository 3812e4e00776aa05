import { defineService } from "../../model/service";

/**
 * The application that the login protects: it shows who is logged in. It has two replicas, for the
 * same reason as am.
 */
export const portal = defineService({
  image: { build: "portal" },
  mode: { replicas: 2 },
  placement: { maxReplicasPerHost: 1 },
  // What the gate leads to, on every server, for those who have logged in.
  routes: [{ port: 80, login: true }],
  // It believes what the gate says of who asks, so nobody else may reach it.
  networks: ["portal"],
  endpointMode: "dnsrr",
  hostname: "{{.Node.Hostname}}",
  restart: { delay: "0s" },
  stopGracePeriod: "10s",
  readOnly: true,
  tmpfs: [{ target: "/tmp", size: "16MiB" }],
  capabilities: { drop: ["ALL"] },
  resources: { limits: { memory: "64MiB", pids: 32 } },
});
