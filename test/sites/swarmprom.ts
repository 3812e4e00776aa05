import { defineService } from "../../model/service";
import { defineSite } from "../../model/site";
import { pinned, type SiteCase } from "./site-case";

const onManagers = { constraints: ["node.role == manager"] };
const readOnly = (source: string, target: string) => ({ source, target, readOnly: true }) as const;

/** Metrics of each server's Docker Engine, behind a proxy. */
const dockerdExporter = defineService({
  image: pinned("stefanprodan/caddy"),
  mode: "global",
  networks: ["net"],
  environment: { DOCKER_GWBRIDGE_IP: "172.18.0.1" },
  configs: [{ config: "dockerd-config", target: "/etc/caddy/Caddyfile" }],
});

const cadvisor = defineService({
  image: pinned("google/cadvisor"),
  mode: "global",
  networks: ["net"],
  command: ["-logtostderr", "-docker_only"],
  rootOnServers: true,
  volumes: [
    readOnly("/", "/rootfs"),
    readOnly("/sys", "/sys"),
    readOnly("/var/lib/docker", "/var/lib/docker"),
    readOnly("/var/run/docker.sock", "/var/run/docker.sock"),
  ],
});

const nodeExporter = defineService({
  image: pinned("stefanprodan/swarmprom-node-exporter"),
  mode: "global",
  networks: ["net"],
  environment: { NODE_ID: "{{.Node.ID}}" },
  rootOnServers: true,
  volumes: [
    readOnly("/proc", "/host/proc"),
    readOnly("/sys", "/host/sys"),
    readOnly("/", "/rootfs"),
    readOnly("/etc/hostname", "/etc/nodename"),
  ],
  command: ["-collector.procfs=/host/proc", "-collector.sysfs=/host/sys"],
});

const prometheus = defineService({
  image: pinned("stefanprodan/swarmprom-prometheus"),
  networks: ["net"],
  command: [
    "-config.file=/etc/prometheus/prometheus.yml",
    "-storage.local.path=/prometheus",
    "-alertmanager.url=http://alertmanager:9093",
  ],
  volumes: [{ source: "prometheus", target: "/prometheus" }],
  placement: onManagers,
});

const alertmanager = defineService({
  image: pinned("stefanprodan/swarmprom-alertmanager"),
  networks: ["net"],
  environment: { SLACK_CHANNEL: "alerts", SLACK_USER: "alertmanager" },
  secrets: ["slack-url"],
  command: ["-config.file=/etc/alertmanager/alertmanager.yml", "-storage.path=/alertmanager"],
  volumes: [{ source: "alertmanager", target: "/alertmanager" }],
  placement: onManagers,
});

const grafana = defineService({
  image: pinned("grafana/grafana"),
  networks: ["net"],
  environment: {
    GF_USERS_ALLOW_SIGN_UP: "false",
    GF_SECURITY_ADMIN_PASSWORD__FILE: "/run/secrets/admin-password",
  },
  secrets: ["admin-password"],
  volumes: [{ source: "grafana", target: "/var/lib/grafana" }],
  placement: onManagers,
});

/** The only door: it asks for a password and passes on to the three consoles. */
const caddy = defineService({
  image: pinned("stefanprodan/caddy"),
  mode: "global",
  networks: ["net"],
  ports: ["3000", "9090", "9093"],
  secrets: ["admin-password"],
  configs: [{ config: "caddy-config", target: "/etc/caddy/Caddyfile" }],
});

/** Monitoring of a Swarm. */
export const swarmprom: SiteCase = {
  source: "github.com/stefanprodan/swarmprom, docker-compose.yml",
  site: defineSite({
    name: "prom.example",
    networks: { net: { attachable: true } },
    volumes: {
      prometheus: { replicated: { size: "10GiB" } },
      alertmanager: { replicated: { size: "1GiB" } },
      grafana: { replicated: { size: "1GiB" } },
    },
    secrets: { "admin-password": { generate: {} }, "slack-url": { fromStage: true } },
    configs: {
      "caddy-config": { content: ":3000 { proxy / grafana:3000 }\n" },
      "dockerd-config": { content: ":9323 { proxy / {$DOCKER_GWBRIDGE_IP}:9323 }\n" },
    },
    services: {
      "dockerd-exporter": dockerdExporter,
      cadvisor,
      grafana,
      alertmanager,
      "node-exporter": nodeExporter,
      prometheus,
      caddy,
    },
  }),
  waitsFor: {},
};
