import { defineService } from "../../model/service";
import { defineSite } from "../../model/site";
import { pinned, type SiteCase } from "./site-case";

const gitea = defineService({
  image: pinned("gitea/gitea"),
  dependsOn: ["db"],
  environment: {
    GITEA__database__DB_TYPE: "postgres",
    GITEA__database__HOST: "db:5432",
    GITEA__database__NAME: "gitea",
    GITEA__database__USER: "gitea",
    GITEA__database__PASSWD__FILE: "/run/secrets/db-password",
  },
  secrets: ["db-password"],
  networks: ["default", "back"],
  // Port 22 is that of the servers themselves.
  ports: ["3000", "2222:22"],
  volumes: [{ source: "git-data", target: "/data" }],
});

const db = defineService({
  image: pinned("library/postgres"),
  networks: ["back"],
  environment: {
    POSTGRES_DB: "gitea",
    POSTGRES_USER: "gitea",
    POSTGRES_PASSWORD_FILE: "/run/secrets/db-password",
  },
  secrets: ["db-password"],
  volumes: [{ source: "db-data", target: "/var/lib/postgresql/data" }],
  backups: [
    {
      name: "gitea",
      command: ["pg_dump", "-U", "gitea", "-c", "gitea"],
      restore: ["psql", "-U", "gitea", "gitea"],
    },
  ],
});

/** Repositories of code, with their database. */
export const giteaSite: SiteCase = {
  source: "github.com/docker/awesome-compose, gitea-postgres",
  site: defineSite({
    name: "git.example",
    networks: { back: { internal: true } },
    volumes: {
      "git-data": { replicated: { size: "20GiB" } },
      "db-data": { replicated: { size: "5GiB" } },
    },
    secrets: { "db-password": { generate: {} } },
    services: { gitea, db },
  }),
  waitsFor: {},
};
