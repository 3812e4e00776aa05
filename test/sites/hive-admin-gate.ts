import { defineService } from "../../model/service";
import { defineSite } from "../../model/site";
import { stageValues } from "../../model/stage-values";
import { pinned, type SiteCase } from "./site-case";

/** What the proxy reads from a label is nested there; a label here is a text. */
const published = (name: string, webgate: unknown): Readonly<Record<string, string>> => ({
  published_name: name,
  webgate: JSON.stringify(webgate),
});

const values = stageValues({
  fileServer: {
    type: "string",
    default: "https://files.gate.example",
    description: "Where people find the file server.",
  },
  passiveAddress: {
    type: "string",
    default: "192.0.2.21",
    description: "The address that the FTP server names for passive transfers.",
  },
});

/** Kept to servers, which a stage names by a label. */
const onFileServers = { constraints: ["node.labels.files==true"] };

const mongoClient = {
  environment: { DATABASE_HOST: "mongo", DATABASE_NAME: "files_db" },
  secrets: ["mongo-password"],
  dependsOn: ["mongo"],
};

/**
 * What the remote desktop and its helper share: the drives of its users, and recordings of their
 * sessions.
 */
const desktopVolumes = [
  { source: "guacamole-drives", target: "/var/lib/guacamole/drives" },
  { source: "guacamole-recordings", target: "/var/lib/guacamole/recordings" },
];

/**
 * The remote desktop in the browser. It runs where its helper guacd does, and both have the same
 * two volumes.
 */
const guacamole = defineService({
  image: { build: "guacamole" },
  dependsOn: ["postgres"],
  placement: { with: "guacd" },
  volumes: desktopVolumes,
  endpointMode: "dnsrr",
  user: "root",
  environment: {
    GUACD_HOSTNAME: "guacd",
    POSTGRES_HOSTNAME: "postgres",
    POSTGRES_DATABASE: "guacamole_db",
    POSTGRES_USER: "guacamole_user",
    POSTGRES_PASSWORD_FILE: "/run/secrets/guacamole-db-password",
    RECORDING_SEARCH_PATH: "/var/lib/guacamole/recordings",
    HEADER_ENABLED: "true",
  },
  secrets: ["guacamole-db-password"],
  labels: { published_name: "guacamole" },
});

const guacd = defineService({
  image: pinned("procube/guacd"),
  endpointMode: "dnsrr",
  volumes: desktopVolumes,
});

const postgres = defineService({
  image: { build: "guacamole-db" },
  endpointMode: "dnsrr",
  environment: {
    PGDATA: "/var/lib/postgresql/data/guacamole",
    POSTGRES_DB: "guacamole_db",
    POSTGRES_USER: "guacamole_user",
    POSTGRES_PASSWORD_FILE: "/run/secrets/guacamole-db-password",
  },
  secrets: ["guacamole-db-password"],
  volumes: [{ source: "guacamole-db", target: "/var/lib/postgresql/data" }],
  backups: [
    {
      name: "guacamole-db",
      command: ["sh", "-c", "pg_dump -U guacamole_user -c -C --if-exists guacamole_db | gzip"],
      restore: ["sh", "-c", "zcat | psql -U guacamole_user postgres"],
      keepDays: 3,
    },
  ],
});

const mongo = defineService({
  image: { build: "mongo" },
  environment: { MONGO_INITDB_DATABASE: "files_db" },
  secrets: ["mongo-password"],
  // 27017 there; on the servers it is one of the ports of replication here. Services of the site
  // need none.
  ports: [{ target: 27017, published: "auto" }],
  volumes: [
    { source: "mongo-db", target: "/data/db" },
    { source: "mongo-configdb", target: "/data/configdb" },
  ],
});

const fileServer = defineService({
  ...mongoClient,
  image: pinned("procube/file-server"),
  ports: ["4200"],
  environment: { ...mongoClient.environment, PUBLIC_URL: values.fileServer },
  volumes: [{ source: "fileserver-icons", target: "/usr/src/app/icons" }],
  labels: published("file-server", {
    authentication: "saml",
    proxies: [{ target_port: 4200, pathPattern: "/", useWebSocket: true }],
  }),
  initialize: [
    { name: "file-server", command: ["create-collections"], secrets: ["mongo-password"] },
  ],
});

const ftpServer = defineService({
  ...mongoClient,
  image: pinned("procube/ftp-server"),
  endpointMode: "dnsrr",
  environment: {
    ...mongoClient.environment,
    PASV_PORT_MIN: "30000",
    PASV_PORT_MAX: "30003",
    PASV_IP: values.passiveAddress,
  },
  placement: onFileServers,
  ports: ["21", "30000", "30001", "30002", "30003"],
});

const sftpServer = defineService({
  ...mongoClient,
  image: pinned("procube/sftp-server"),
  environment: { ...mongoClient.environment, SFTP_SERVER_PORT: "8822" },
  // The host key of the server: there it stands in the inventory, in clear.
  secrets: [...mongoClient.secrets, "sftp-host-key"],
  ports: ["8822"],
});

const webdavServer = defineService({
  ...mongoClient,
  image: pinned("procube/webdav-server"),
  placement: onFileServers,
  ports: ["2000"],
});

const webgate = defineService({
  image: { build: "webgate" },
  standalone: true,
  rootOnServers: true,
  mode: "global",
  endpointMode: "dnsrr",
  ports: ["80", "443", "18080:8080"],
  logMonitoring: { alert: ["upstream timed out .* while reading response header from upstream"] },
  initialize: [{ name: "webgate-init", command: ["webgate-init"] }],
});

const memcached = defineService({ image: pinned("library/memcached"), endpointMode: "dnsrr" });

const idm = defineService({
  image: { build: "idm" },
  standalone: true,
  rootOnServers: true,
  user: "root",
  ports: ["10443:9443"],
  labels: published("idm", { proxies: [{ target_port: 80, readTimeout: 7200, pathPattern: "/" }] }),
  initialize: [{ name: "idm-init", command: ["idm-init"] }],
  volumes: [
    { source: "idm-mysql", target: "/var/lib/mysql" },
    { source: "idm-mongo", target: "/var/lib/mongo" },
  ],
  backups: [
    {
      name: "idm",
      command: ["sh", "-c", "idm2ctl backup -f /root/today.tar.gz && cat /root/today.tar.gz"],
      restore: ["sh", "-c", "cat > /root/today.tar.gz && idm2ctl restore -f /root/today.tar.gz"],
      keepDays: 3,
    },
  ],
});

const ldap = defineService({
  image: pinned("procube/openldap"),
  endpointMode: "dnsrr",
  secrets: ["ldap-config-password"],
  volumes: [
    { source: "ldap-data", target: "/var/lib/openldap/openldap-data" },
    { source: "ldap-config", target: "/etc/openldap/slapd.d" },
  ],
  initialize: [{ name: "ldap", command: ["load-directory"], secrets: ["ldap-config-password"] }],
  backups: [
    { name: "entries", command: ["slapcat"], restore: ["restore-entries"], keepDays: 3 },
    {
      name: "config",
      command: ["slapcat", "-b", "cn=config"],
      restore: ["restore-config"],
      keepDays: 3,
    },
  ],
});

const amdb = defineService({
  image: { build: "amdb" },
  endpointMode: "dnsrr",
  environment: {
    POSTGRES_USER: "nsamadmin",
    POSTGRES_PASSWORD_FILE: "/run/secrets/amdb-password",
    POSTGRES_HOST_AUTH_METHOD: "md5",
  },
  secrets: ["amdb-password"],
  volumes: [{ source: "amdb-data", target: "/var/lib/postgresql/data" }],
});

const mirrored = (size: `${number}GiB` | `${number}MiB`) => ({ replicated: { size } }) as const;

/** An administrators' gate: desktops in the browser, files, single sign-on. */
export const hiveAdminGate: SiteCase = {
  source: "github.com/procube-open/hive-admin-gate, inventory/{guacamole,idm,webgate}.yml",
  site: defineSite({
    name: "admin-gate.example",
    values,
    images: { guacamole: {}, "guacamole-db": {}, mongo: {}, webgate: {}, idm: {}, amdb: {} },
    volumes: {
      "guacamole-drives": mirrored("300MiB"),
      "guacamole-recordings": mirrored("20GiB"),
      "guacamole-db": mirrored("5GiB"),
      "mongo-db": mirrored("20GiB"),
      "mongo-configdb": mirrored("2GiB"),
      "fileserver-icons": mirrored("300MiB"),
      "idm-mysql": mirrored("300MiB"),
      "idm-mongo": mirrored("10GiB"),
      "ldap-data": mirrored("300MiB"),
      "ldap-config": mirrored("64MiB"),
      "amdb-data": mirrored("500MiB"),
    },
    secrets: {
      "guacamole-db-password": { generate: {} },
      "mongo-password": { generate: {} },
      "sftp-host-key": { fromStage: true },
      "ldap-config-password": { generate: {} },
      "amdb-password": { generate: {} },
    },
    services: {
      guacamole,
      guacd,
      postgres,
      mongo,
      "file-server": fileServer,
      "ftp-server": ftpServer,
      sftpserver: sftpServer,
      "webdav-server": webdavServer,
      webgate,
      memcached,
      idm,
      ldap,
      amdb,
    },
  }),
  stage: { "hive:labels": { hive0: { files: "true" } } },
  waitsFor: {
    "virtual addresses": "HIVE_VIP of ftp-server, webdav-server and webgate",
    "folders of servers":
      "webgate's /var/consul, /etc/consul.json and /var/acme, and their backups",
  },
};
