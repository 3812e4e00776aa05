import { parseEnv } from "node:util";
import { defineService } from "../../model/service";
import { defineSite } from "../../model/site";
import { stageValues, type WithValues } from "../../model/stage-values";
import type { Service } from "../../model/inventory";
import { pinned, type SiteCase } from "./site-case";

const values = stageValues({
  domain: { type: "string", default: "mail.example", description: "The domain of the addresses." },
});

/**
 * Mailu gives one file of variables to all services; the inventory is a program, so it reads such a
 * file itself. What differs between stages is not in it.
 */
const environment = {
  ...(parseEnv(["TLS_FLAVOR=cert", "SUBNET=10.96.7.0/24"].join("\n")) as Record<string, string>),
  DOMAIN: values.domain,
  HOSTNAMES: `mail.${values.domain}`,
};

/** What all of Mailu's services have in common. */
const mailu = (
  name: string,
): WithValues<Pick<Service, "image" | "environment" | "healthcheck" | "secrets">> => ({
  image: pinned(`mailu/${name}`),
  environment,
  secrets: ["mailu-key"],
  healthcheck: "none",
});

const front = defineService({
  ...mailu("nginx"),
  dependsOn: ["admin"],
  // The others find it by the site's public name.
  networks: [{ name: "default", aliases: [values.domain] }],
  logging: { driver: "journald" },
  ports: [80, 443, 25, 465, 587, 110, 995, 143, 993].map(
    (target) => ({ target, mode: "ingress" }) as const,
  ),
  volumes: [
    { source: "certs", target: "/certs" },
    { source: "overrides", target: "/overrides", readOnly: true },
  ],
});

const admin = defineService({
  ...mailu("admin"),
  volumes: [
    { source: "data", target: "/data" },
    { source: "dkim", target: "/dkim" },
  ],
});

const imap = defineService({
  ...mailu("dovecot"),
  dependsOn: ["admin"],
  volumes: [
    { source: "mail", target: "/mail" },
    { source: "overrides", target: "/overrides", readOnly: true },
  ],
});

const smtp = defineService({
  ...mailu("postfix"),
  dependsOn: ["admin"],
  volumes: [
    { source: "mailqueue", target: "/queue" },
    { source: "overrides", target: "/overrides", readOnly: true },
  ],
});

const antispam = defineService({
  ...mailu("rspamd"),
  hostname: "antispam",
  volumes: [{ source: "filter", target: "/var/lib/rspamd" }],
});

const antivirus = defineService({
  ...mailu("clamav"),
  volumes: [{ source: "filter", target: "/data" }],
});

const webdav = defineService({
  ...mailu("radicale"),
  volumes: [{ source: "dav", target: "/data" }],
});

/** It shares admin's data, so those are on NFS. */
const fetchmail = defineService({
  ...mailu("fetchmail"),
  dependsOn: ["admin"],
  volumes: [{ source: "data", target: "/data" }],
});

const webmail = defineService({
  ...mailu("roundcube"),
  dependsOn: ["imap"],
  volumes: [{ source: "webmail", target: "/data" }],
});

const redis = defineService({
  image: pinned("library/redis"),
  volumes: [{ source: "redis", target: "/data" }],
});

const share = (folder: string) =>
  ({ nfs: { server: `nas.${values.domain}`, path: `/mailu/${folder}` } }) as const;

/** A mail server of ten services. What several of them see lies on NFS, as all does there. */
export const mailuSite: SiteCase = {
  source: "github.com/Mailu/Mailu, setup/flavors/stack/docker-compose.yml",
  site: defineSite({
    name: "mail.example",
    values,
    networks: { default: { subnet: "10.96.7.0/24" } },
    volumes: {
      certs: share("certs"),
      overrides: share("overrides"),
      data: share("data"),
      filter: share("filter"),
      dav: share("dav"),
      webmail: share("webmail"),
      dkim: { replicated: { size: "64MiB" } },
      mail: { replicated: { size: "50GiB" } },
      mailqueue: { replicated: { size: "2GiB" } },
      redis: { replicated: { size: "512MiB" } },
    },
    secrets: { "mailu-key": { generate: { length: 16 } } },
    services: {
      redis,
      front,
      admin,
      imap,
      smtp,
      antispam,
      antivirus,
      webdav,
      fetchmail,
      webmail,
    },
  }),
  waitsFor: {
    "folders of servers": "all data lie below one folder of each server, which nothing makes",
    "not in a Swarm": "admin's port is published on 127.0.0.1 only where front does not show it",
  },
};
