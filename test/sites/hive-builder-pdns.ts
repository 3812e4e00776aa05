import { defineService } from "../../model/service";
import { defineSite } from "../../model/site";
import { stageValues } from "../../model/stage-values";
import { pinned, type SiteCase } from "./site-case";

const values = stageValues({
  nameServer: {
    type: "string",
    default: "ns0.pdns.example",
    description: "The name server's own name.",
  },
  certbotMail: {
    type: "string",
    default: "ops@pdns.example",
    description: "Who is told of a certificate that ends.",
  },
});

/**
 * The name server, its database, a console, a proxy that a companion configures, and certificates.
 */
const powerdns = defineService({
  image: { build: "powerdns" },
  // As process 1, pdns_server would not hear that it is to stop.
  init: true,
  dependsOn: ["pdnsdb"],
  environment: {
    MYSQL_HOST: "pdnsdb",
    MYSQL_DNSSEC: "yes",
    MYSQL_CHECK_INTERVAL: "10",
    DEFAULT_SOA_NAME: values.nameServer,
  },
  // The key of the API is a secret: the image's own start writes it into a file, in the place of an
  // argument.
  secrets: ["db-password"],
  command: ["--api=yes", "--webserver=yes", "--webserver-address=0.0.0.0"],
  ports: [
    { target: 53, mode: "host" },
    { target: 53, protocol: "udp", mode: "host" },
    { target: 8081, published: "auto" },
  ],
  initialize: [
    { name: "zone", command: ["create-zone"], secrets: ["db-password"], unless: ["has-zone"] },
  ],
});

const pdnsdb = defineService({
  image: { build: "pdnsdb" },
  environment: {
    MYSQL_USER: "powerdns",
    MYSQL_DATABASE: "powerdns",
    MYSQL_PASSWORD_FILE: "/run/secrets/db-password",
    MYSQL_ROOT_PASSWORD_FILE: "/run/secrets/db-password",
  },
  secrets: ["db-password"],
  volumes: [{ source: "pdnsdb-data", target: "/var/lib/mysql" }],
  backups: [
    {
      name: "pdnsdb",
      command: ["sh", "-c", "mariadb-dump powerdns"],
      restore: ["sh", "-c", "mariadb powerdns"],
      keepDays: 10,
    },
  ],
});

const pdnsadmin = defineService({
  image: { build: "pdnsadmin" },
  // hive-builder's "80": port 80 of the container, and a port of the servers that is chosen.
  ports: [{ target: 80, published: "auto" }],
  environment: { GUNICORN_TIMEOUT: "60", GUNICORN_WORKERS: "2" },
  volumes: [{ source: "pdnsadmin-data", target: "/app/data" }],
  labels: { published_fqdn: "pdnsadmin.pdns.example" },
  logMonitoring: {
    alert: ["Error", "Exception"],
    ignore: ["Error handling request /favicon.ico"],
  },
});

const proxy = defineService({
  image: pinned("procube/nginx"),
  mode: "global",
  endpointMode: "dnsrr",
  ports: ["80", "443"],
  volumes: [{ source: "proxy-config", target: "/etc/nginx/conf.d" }],
  placement: { constraints: ["node.labels.proxy==true"] },
});

const configure = defineService({
  image: { build: "configure" },
  mode: "global",
  rootOnServers: true,
  environment: { TZ: "JST-9" },
  volumes: [
    { source: "proxy-config", target: "/etc/nginx/conf.d" },
    { source: "/var/run/docker.sock", target: "/var/run/docker.sock" },
  ],
  // HIVE_MARK there: the proxy runs where the service with this mark does.
  placement: { constraints: ["node.labels.proxy==true"] },
});

const certbot = defineService({
  image: { build: "certbot" },
  availableOn: ["staging", "production"],
  environment: {
    TZ: "JST-9",
    CERTBOT_PDNS_BASE_URL: "http://powerdns:8081/api/v1",
    CERTBOT_EMAIL: values.certbotMail,
  },
  secrets: ["db-password"],
  rootOnServers: true,
  volumes: [
    { source: "letsencrypt-data", target: "/etc/letsencrypt" },
    { source: "/var/run/docker.sock", target: "/var/run/docker.sock" },
  ],
  backups: [
    {
      name: "certificates",
      command: ["tar", "-C", "/etc/letsencrypt", "-cz", "."],
      restore: ["tar", "-C", "/etc/letsencrypt", "-xz"],
      keepDays: 10,
    },
  ],
});

/** hive-builder's own example: a name server with its database on a mirrored volume. */
export const hiveBuilderPdns: SiteCase = {
  source: "github.com/procube-open/hive-builder, examples/pdns/inventory",
  site: defineSite({
    name: "pdns.example",
    values,
    images: { powerdns: {}, pdnsdb: {}, pdnsadmin: {}, configure: {}, certbot: {} },
    volumes: {
      "pdnsdb-data": { replicated: { size: "500MiB", filesystem: "xfs" } },
      "pdnsadmin-data": { replicated: { size: "500MiB", filesystem: "xfs" } },
      "proxy-config": { local: {} },
      // 52 MB of xfs there, which mkfs.xfs refuses today.
      "letsencrypt-data": { replicated: { size: "64MiB" } },
    },
    secrets: { "db-password": { generate: {} } },
    services: { powerdns, pdnsdb, pdnsadmin, proxy, configure, certbot },
  }),
  stage: { "hive:labels": { hive0: { proxy: "true" }, hive1: { proxy: "true" } } },
  waitsFor: {},
};
