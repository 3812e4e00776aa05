import { defineService } from "../../model/service";
import { defineSite } from "../../model/site";
import { stageValues } from "../../model/stage-values";
import { pinned, type SiteCase } from "./site-case";

const values = stageValues({
  domain: {
    type: "string",
    default: "swarm.example",
    description: "Below it are the names of all.",
  },
  acmeMail: { type: "string", description: "Who is told of a certificate that ends." },
});
const socket = {
  source: "/var/run/docker.sock",
  target: "/var/run/docker.sock",
  readOnly: true,
} as const;

/**
 * The proxy that reads the labels of other services. Its certificates stay on one server, so it
 * does.
 */
const traefik = defineService({
  image: pinned("library/traefik"),
  ports: ["80", "443", "443/udp"],
  networks: ["traefik-public"],
  rootOnServers: true,
  volumes: [socket, { source: "traefik-certificates", target: "/certificates" }],
  command: [
    "--providers.swarm.constraints=Label(`traefik.constraint-label`, `traefik-public`)",
    "--providers.swarm.exposedbydefault=false",
    "--entrypoints.http.address=:80",
    "--entrypoints.https.address=:443",
    "--entrypoints.https.http3",
    "--certificatesresolvers.le.acme.storage=/certificates/acme.json",
    "--certificatesresolvers.le.acme.tlschallenge=true",
    `--certificatesresolvers.le.acme.email=${values.acmeMail}`,
  ],
  labels: {
    "traefik.enable": "true",
    "traefik.constraint-label": "traefik-public",
    "traefik.http.routers.dashboard.rule": `Host(\`traefik.${values.domain}\`)`,
    "traefik.http.routers.dashboard.service": "api@internal",
    "traefik.http.services.traefik-public.loadbalancer.server.port": "8080",
  },
  placement: { constraints: ["node.labels.traefik-certificates==true"] },
});

/** The console of the Swarm. */
const app = defineService({
  image: pinned("swarmpit/swarmpit"),
  dependsOn: ["db"],
  environment: { SWARMPIT_DB: "http://db:5984" },
  rootOnServers: true,
  volumes: [socket],
  ports: ["888:8080"],
  networks: ["net", "traefik-public"],
  labels: {
    "traefik.enable": "true",
    "traefik.http.routers.swarmpit.rule": `Host(\`swarmpit.${values.domain}\`)`,
  },
  resources: {
    limits: { cpus: 0.5, memory: "1GiB" },
    reservations: { cpus: 0.25, memory: "512MiB" },
  },
  placement: { constraints: ["node.role == manager"] },
});

const db = defineService({
  image: pinned("library/couchdb"),
  volumes: [{ source: "db-data", target: "/opt/couchdb/data" }],
  networks: ["net"],
  resources: {
    limits: { cpus: 0.3, memory: "512MiB" },
    reservations: { cpus: 0.15, memory: "256MiB" },
  },
  placement: { constraints: ["node.labels.swarmpit.db-data==true"] },
});

const agent = defineService({
  image: pinned("swarmpit/agent"),
  mode: "global",
  environment: { DOCKER_API_VERSION: "1.35" },
  rootOnServers: true,
  volumes: [socket],
  networks: ["net"],
  resources: {
    limits: { cpus: 0.1, memory: "64MiB" },
    reservations: { cpus: 0.05, memory: "32MiB" },
  },
});

/**
 * A reverse proxy with certificates and a console of the Swarm: two stacks that share a network.
 */
export const traefikSwarmpit: SiteCase = {
  source: "github.com/tiangolo/dockerswarm.rocks, docs/traefik-v3.yml and docs/swarmpit.yml",
  site: defineSite({
    name: "swarm.example",
    values,
    // Other stacks join it too.
    networks: { net: { attachable: true }, "traefik-public": { external: true } },
    volumes: { "traefik-certificates": { local: {} }, "db-data": { local: {} } },
    services: { traefik, app, db, agent },
  }),
  stage: {
    "hive:values": { domain: "shop.example", acmeMail: "ops@shop.example" },
    "hive:labels": {
      hive0: { "traefik-certificates": "true" },
      hive1: { "swarmpit.db-data": "true" },
    },
  },
  waitsFor: {},
};
