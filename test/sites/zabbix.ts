import type { Service } from "../../model/inventory";
import { defineService } from "../../model/service";
import { defineSite } from "../../model/site";
import { pinned, type SiteCase } from "./site-case";

/** The programs read the names of their database and its users from files. */
const databaseSecrets = [
  { secret: "mysql-user", target: "MYSQL_USER" },
  { secret: "mysql-password", target: "MYSQL_PASSWORD" },
] as const;
const database = {
  DB_SERVER_HOST: "mysql-server",
  MYSQL_USER_FILE: "/run/secrets/MYSQL_USER",
  MYSQL_PASSWORD_FILE: "/run/secrets/MYSQL_PASSWORD",
};
const clock = { source: "/etc/localtime", target: "/etc/localtime", readOnly: true } as const;
const snmptraps = { source: "snmptraps", target: "/var/lib/zabbix/snmptraps" } as const;
const processes = {
  nproc: { soft: 65535, hard: 65535 },
  nofile: { soft: 20000, hard: 40000 },
};
const both = (aliases: readonly string[]): NonNullable<Service["networks"]> => [
  { name: "backend", aliases },
  "frontend",
];
const labels = (component: string): NonNullable<Service["labels"]> => ({
  "com.zabbix.component": component,
  "com.zabbix.os": "alpine",
});

const zabbixServer = defineService({
  image: pinned("zabbix/zabbix-server-mysql"),
  dependsOn: ["mysql-server"],
  ports: ["10051"],
  environment: database,
  secrets: [...databaseSecrets, { secret: "mysql-root-password", target: "MYSQL_ROOT_PASSWORD" }],
  volumes: [clock, { ...snmptraps, readOnly: true }],
  ulimits: processes,
  networks: both(["zabbix-server-mysql", "zabbix-server-alpine-mysql"]),
  sysctls: {
    "net.ipv4.ip_local_port_range": "1024 65000",
    "net.ipv4.conf.all.accept_redirects": "0",
  },
  stopGracePeriod: "30s",
  labels: labels("zabbix-server"),
  resources: {
    limits: { cpus: 0.7, memory: "1GiB" },
    reservations: { cpus: 0.5, memory: "512MiB" },
  },
});

const proxy = (port: number, environment: Readonly<Record<string, string>>): Service => ({
  image: pinned("zabbix/zabbix-proxy"),
  availableOn: ["private", "staging"],
  dependsOn: ["zabbix-java-gateway", "zabbix-snmptraps"],
  ports: [{ target: 10051, published: port }],
  environment,
  volumes: [clock, { ...snmptraps, readOnly: true }],
  ulimits: processes,
  stopGracePeriod: "30s",
  labels: labels("zabbix-proxy"),
  resources: { limits: { cpus: 0.7, memory: "512MiB" } },
});

const proxySqlite = defineService({
  ...proxy(10061, {}),
  networks: both(["zabbix-proxy-alpine-sqlite3"]),
});

const proxyMysql = defineService({
  ...proxy(10071, database),
  dependsOn: ["mysql-server", "zabbix-java-gateway", "zabbix-snmptraps"],
  secrets: databaseSecrets,
  networks: both(["zabbix-proxy-alpine-mysql"]),
});

const web = (server: string, ports: NonNullable<Service["ports"]>): Service => ({
  image: pinned(`zabbix/zabbix-web-${server}-mysql`),
  dependsOn: ["mysql-server", "zabbix-server"],
  ports,
  environment: database,
  secrets: databaseSecrets,
  volumes: [clock],
  healthcheck: {
    command: ["curl", "-f", "http://localhost:8080/"],
    interval: "10s",
    timeout: "5s",
    retries: 3,
    startPeriod: "30s",
  },
  networks: both([`zabbix-web-${server}-alpine-mysql`]),
  sysctls: { "net.core.somaxconn": "65535" },
  labels: labels("zabbix-frontend"),
});

const apache = defineService({
  ...web("apache", ["8081:8080", "8443"]),
  availableOn: ["private", "staging"],
});
const nginx = defineService(web("nginx", ["80:8080", "443:8443"]));

/** It sees what a container sees: for the whole server it runs as a program of the server. */
const agent = defineService({
  image: pinned("zabbix/zabbix-agent"),
  mode: "global",
  availableOn: ["private", "staging"],
  ports: ["10050"],
  volumes: [clock, { source: "/proc", target: "/host/proc", readOnly: true }],
  networks: [{ name: "backend", aliases: ["zabbix-agent-passive", "zabbix_agent_passive"] }],
  stopGracePeriod: "5s",
  labels: labels("zabbix-agentd"),
});

const javaGateway = defineService({
  image: pinned("zabbix/zabbix-java-gateway"),
  availableOn: ["private", "staging"],
  ports: ["10052"],
  networks: [{ name: "backend", aliases: ["zabbix-java-gateway-alpine"] }],
  resources: { limits: { cpus: 0.5, memory: "512MiB" } },
});

const traps = defineService({
  image: pinned("zabbix/zabbix-snmptraps"),
  availableOn: ["private", "staging"],
  ports: ["162:1162/udp"],
  volumes: [snmptraps],
  networks: ["frontend", "backend"],
  resources: { limits: { cpus: 0.5, memory: "256MiB" } },
});

const mysqlServer = defineService({
  image: pinned("library/mysql"),
  command: ["mysqld", "--character-set-server=utf8", "--collation-server=utf8_bin"],
  environment: {
    MYSQL_USER_FILE: "/run/secrets/MYSQL_USER",
    MYSQL_PASSWORD_FILE: "/run/secrets/MYSQL_PASSWORD",
    MYSQL_ROOT_PASSWORD_FILE: "/run/secrets/MYSQL_ROOT_PASSWORD",
  },
  secrets: [...databaseSecrets, { secret: "mysql-root-password", target: "MYSQL_ROOT_PASSWORD" }],
  volumes: [{ source: "mysql-data", target: "/var/lib/mysql" }],
  networks: [{ name: "backend", aliases: ["zabbix-database", "mysql-database"] }],
  stopGracePeriod: "1m",
});

/** Monitoring with its database, two web servers, proxies, an agent on every server. */
export const zabbix: SiteCase = {
  source: "github.com/zabbix/zabbix-docker, docker-compose_v3_alpine_mysql_latest.yaml",
  site: defineSite({
    name: "zabbix.example",
    networks: {
      frontend: { subnet: "172.16.238.0/24" },
      backend: { subnet: "172.16.239.0/24", internal: true },
    },
    volumes: {
      "mysql-data": { replicated: { size: "20GiB" } },
      snmptraps: { nfs: { server: "nas.zabbix.example", path: "/snmptraps" } },
    },
    secrets: {
      "mysql-user": { fromStage: true },
      "mysql-password": { generate: {} },
      "mysql-root-password": { generate: {} },
    },
    services: {
      "zabbix-server": zabbixServer,
      "zabbix-proxy-sqlite3": proxySqlite,
      "zabbix-proxy-mysql": proxyMysql,
      "zabbix-web-apache-mysql": apache,
      "zabbix-web-nginx-mysql": nginx,
      "zabbix-agent": agent,
      "zabbix-java-gateway": javaGateway,
      "zabbix-snmptraps": traps,
      "mysql-server": mysqlServer,
    },
  }),
  waitsFor: {
    "not in a Swarm":
      "the agent is privileged and shares the server's processes; a serial port of the server; the tenth service only holds a folder",
    "folders of servers": "scripts, modules and keys of the server and the proxies",
  },
};
