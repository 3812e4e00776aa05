import { defineService } from "../../model/service";
import { values } from "../values";

/**
 * The directory of people and groups. One task; its data is on a volume that follows it to another
 * server.
 */
export const ldap = defineService({
  image: { build: "ldap" },
  endpointMode: "dnsrr",
  hostname: "{{.Node.Hostname}}",
  volumes: [{ source: "ldap-data", target: "/var/lib/ldap" }],
  secrets: [{ secret: "ldap-admin-password", mode: "0400" }],
  // Writes end in order; the database itself would survive a kill as well.
  stopGracePeriod: "20s",
  resources: { limits: { memory: "256MiB", pids: 64 } },
  initialize: [
    {
      name: "people",
      script: "site/data/load-people.sh",
      interpreter: ["bash", "-c"],
      secrets: ["ldap-admin-password"],
      input: values.people,
      deadline: "1m",
    },
  ],
  backups: [{ name: "entries", command: ["ldap-backup"], restore: ["ldap-restore"] }],
});
