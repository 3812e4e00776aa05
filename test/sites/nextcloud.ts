import { defineService } from "../../model/service";
import { defineSite } from "../../model/site";
import { pinned, type SiteCase } from "./site-case";

const php = {
  MYSQL_HOST: "db",
  MYSQL_DATABASE: "nextcloud",
  MYSQL_USER: "nextcloud",
  MYSQL_PASSWORD_FILE: "/run/secrets/db-password",
  REDIS_HOST: "redis",
};
const files = { source: "html", target: "/var/www/html" } as const;

/** The application, twice, on data that both see: NFS. */
const nextcloud = defineService({
  image: pinned("library/nextcloud"),
  dependsOn: ["db", "redis"],
  mode: { replicas: 2 },
  placement: { maxReplicasPerHost: 1 },
  environment: php,
  secrets: ["db-password"],
  ports: ["80"],
  networks: ["default", "database", "cache"],
  volumes: [files],
  healthcheck: { command: ["curl", "-fsS", "http://127.0.0.1/status.php"], startPeriod: "1m" },
});

/** Nextcloud's own regular work: one job, wherever there is place. */
const cron = defineService({
  image: pinned("library/nextcloud"),
  dependsOn: ["nextcloud"],
  mode: { job: { schedule: "*/5 * * * *" } },
  user: "www-data",
  command: ["php", "-f", "/var/www/html/cron.php"],
  environment: php,
  secrets: ["db-password"],
  networks: ["database", "cache"],
  volumes: [files],
});

const db = defineService({
  image: pinned("library/mariadb"),
  networks: ["database"],
  environment: {
    MARIADB_DATABASE: "nextcloud",
    MARIADB_USER: "nextcloud",
    MARIADB_PASSWORD_FILE: "/run/secrets/db-password",
    MARIADB_ROOT_PASSWORD_FILE: "/run/secrets/db-root-password",
  },
  secrets: ["db-password", "db-root-password"],
  volumes: [{ source: "db", target: "/var/lib/mysql" }],
  stopGracePeriod: "1m",
  backups: [
    {
      name: "nextcloud",
      command: ["sh", "-c", "mariadb-dump --single-transaction nextcloud"],
      restore: ["sh", "-c", "mariadb nextcloud"],
    },
  ],
});

const redis = defineService({ image: pinned("library/redis"), networks: ["cache"] });

/** Files and calendars: a web application with two tasks, a database, a cache, regular work. */
export const nextcloudSite: SiteCase = {
  source: "github.com/docker/awesome-compose, nextcloud-redis-mariadb",
  site: defineSite({
    name: "cloud.example",
    networks: { database: { internal: true }, cache: { internal: true } },
    volumes: {
      html: { nfs: { server: "nas.cloud.example", path: "/nextcloud" } },
      db: { replicated: { size: "10GiB" } },
    },
    secrets: { "db-password": { generate: {} }, "db-root-password": { generate: {} } },
    services: { nextcloud, cron, db, redis },
  }),
  waitsFor: {},
};
