import { defineService } from "../../model/service";
import { values } from "../values";

/**
 * The directory of people and groups. One task; its data is on a volume that follows it to another
 * server.
 */
export const ldap = defineService({
  image: { build: "ldap" },
  networks: ["directory"],
  endpointMode: "dnsrr",
  hostname: "{{.Node.Hostname}}",
  volumes: [{ source: "ldap-data", target: "/var/lib/ldap" }],
  secrets: [{ secret: "ldap-admin-password", mode: "0400" }],
  // Writes end in order; the database itself would survive a kill as well.
  stopGracePeriod: "20s",
  readOnly: true,
  tmpfs: [
    { target: "/run", size: "1MiB", mode: "0755" },
    { target: "/tmp", size: "16MiB" },
  ],
  // It starts as root: it makes the volume slapd's own, looks what is there, and becomes slapd. A
  // restored backup ends slapd by a signal.
  capabilities: {
    drop: ["ALL"],
    add: ["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID"],
  },
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
