import { defineService } from "../../model/service";

/**
 * The authentication server: it shows the login page, and tells the gate who sends a request. It
 * keeps no state, so two replicas run on two servers: when one is lost, the other one answers at
 * once.
 */
export const am = defineService({
  image: { build: "am" },
  dependsOn: ["ldap"],
  mode: { replicas: 2 },
  placement: { maxReplicasPerHost: 1 },
  // The gate comes by the first one.
  networks: ["login", "directory"],
  endpointMode: "dnsrr",
  hostname: "{{.Node.Hostname}}",
  // 33 is www-data, as which it runs.
  secrets: [{ secret: "am-session-key", uid: 33, gid: 33, mode: "0400" }],
  restart: { delay: "0s" },
  stopGracePeriod: "10s",
  // It writes its process id, and keeps what it knows of the directory.
  readOnly: true,
  tmpfs: [{ target: "/tmp", size: "16MiB" }],
  capabilities: { drop: ["ALL"] },
  resources: { limits: { memory: "256MiB", pids: 1024 } },
});
