import fc from "fast-check";
import { composeService } from "../../../model/foreign/compose";
import { builderService } from "../../../model/foreign/hive-builder";
import { commandWords } from "../../../model/foreign/text-forms";
import { hiveDuration, hiveSize } from "../../../model/foreign/quantities";
import { mended, told } from "./mended";
import { planWith } from "./plans";
import { image, type LooseSite, problemsOf, textOf } from "./problems-of";

/** A site in which all stands that the pasted services below name. */
const around: LooseSite = {
  networks: { back: {}, "zbx-net": {} },
  volumes: { data: { local: {} } },
  secrets: { "mysql-user": { generate: {} }, token: { generate: {} } },
  configs: { "caddy-config": { content: "x" } },
};
const db = { image };

function siteWith(service: Readonly<Record<string, unknown>>): LooseSite {
  return { ...around, services: { web: { image, ...service }, db } };
}

describe("text from a Compose file or from hive-builder", () => {
  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ["deploy.replicas", { deploy: { replicas: 2 } }, "mode: { replicas: 2 }"],
    [
      "deploy.mode",
      { deploy: { mode: "global", endpoint_mode: "dnsrr" } },
      'mode: "global", endpointMode: "dnsrr"',
    ],
    [
      "deploy.resources",
      {
        deploy: {
          resources: { limits: { cpus: "0.50", memory: "512M" }, reservations: { memory: "64M" } },
        },
      },
      'resources: { limits: { cpus: 0.5, memory: "512MiB" }, reservations: { memory: "64MiB" } }',
    ],
    [
      "deploy.placement",
      {
        deploy: {
          placement: {
            constraints: ["node.role==manager"],
            preferences: [{ spread: "node.labels.zone" }],
            max_replicas_per_node: 1,
          },
        },
      },
      'placement: { constraints: ["node.role == manager"], spread: ["node.labels.zone"], maxReplicasPerHost: 1 }',
    ],
    [
      "deploy.restart_policy",
      {
        deploy: {
          restart_policy: { condition: "on-failure", delay: "5s", max_attempts: 3, window: "2m0s" },
        },
      },
      'restart: { condition: "on-failure", delay: "5s", maxAttempts: 3, window: "2m" }',
    ],
    [
      "deploy.update_config",
      {
        deploy: {
          update_config: { parallelism: 2, order: "start-first", failure_action: "pause" },
        },
      },
      'update: { order: "start-first", parallelism: 2, onFailure: "pause" }',
    ],
    ["restart", { restart: "always" }, 'restart: { condition: "any" }'],
    [
      "restart with attempts",
      { restart: "on-failure:3" },
      'restart: { condition: "on-failure", maxAttempts: 3 }',
    ],
    ["restart off", { restart: "no" }, 'restart: { condition: "none" }'],
    ["a mount", { volumes: ["data:/b:ro"] }, '{ source: "data", target: "/b", readOnly: true }'],
    [
      "a mount of the server",
      { volumes: ["/var/run/docker.sock:/var/run/docker.sock"] },
      '{ source: "/var/run/docker.sock", target: "/var/run/docker.sock" }',
    ],
    [
      "a mount that shows what the server mounts later",
      { volumes: ["/:/host:ro,rslave"] },
      '{ source: "/", target: "/host", readOnly: true, propagation: "rslave" }',
    ],
    [
      "a mount with bind.propagation",
      {
        volumes: [
          { type: "bind", source: "/srv", target: "/srv", bind: { propagation: "shared" } },
        ],
      },
      '{ source: "/srv", target: "/srv", propagation: "shared" }',
    ],
    [
      "a mount without a source",
      { volumes: ["/cache"] },
      '{ source: "web-cache", target: "/cache" }',
    ],
    [
      "a mount with read_only",
      { volumes: [{ type: "bind", source: "/sys", target: "/host/sys", read_only: true }] },
      '{ source: "/sys", target: "/host/sys", readOnly: true }',
    ],
    [
      "a mount of hive-builder",
      {
        volumes: [
          {
            source: "pdnsdb_data",
            target: "/var/lib/mysql",
            type: "volume",
            drbd: { fstype: "xfs", size: "500M", diskless: ["s-hive0"] },
          },
        ],
      },
      '{ source: "pdnsdb-data", target: "/var/lib/mysql" }',
    ],
    [
      "a volume that is too small",
      {
        volumes: [
          { source: "certs", target: "/c", drbd: { fstype: "xfs", size: "52M", device_id: 3 } },
        ],
      },
      '{ source: "certs", target: "/c" }',
    ],
    [
      "a health check of a shell",
      { healthcheck: { test: ["CMD-SHELL", "x"] } },
      'healthcheck: { command: ["sh", "-c", "x"] }',
    ],
    [
      "a health check",
      {
        healthcheck: {
          test: ["CMD", "curl", "-f", "http://localhost:8080/"],
          interval: "1m30s",
          timeout: "5s",
          retries: 3,
          start_period: "30s",
        },
      },
      'healthcheck: { command: ["curl", "-f", "http://localhost:8080/"], interval: "90s", timeout: "5s", startPeriod: "30s", retries: 3 }',
    ],
    [
      "a health check with a number and a switch",
      { healthcheck: { test: ["CMD", "nc", "-z", "db", 5432, true] } },
      'healthcheck: { command: ["nc", "-z", "db", "5432", "true"] }',
    ],
    [
      "a number among the words of a health check",
      { healthcheck: { command: ["nc", "-z", "db", 5432] } },
      '"5432"',
    ],
    ["a number in a command", { command: ["serve", "--port", 8080] }, '"8080"'],
    ["a switch in an entrypoint", { entrypoint: ["serve", false] }, '"false"'],
    [
      "a health check as text",
      { healthcheck: { test: "curl -f http://localhost || exit 1" } },
      'healthcheck: { command: ["sh", "-c", "curl -f http://localhost || exit 1"] }',
    ],
    ["a health check that is off", { healthcheck: { disable: true } }, 'healthcheck: "none"'],
    [
      "variables as a list",
      { environment: ["A=b", "NODE_ID={{.Node.ID}}", "EMPTY="] },
      'environment: { A: "b", NODE_ID: "{{.Node.ID}}", EMPTY: "" }',
    ],
    ["a number as a variable", { environment: { PORT: 8080 } }, 'PORT: "8080"'],
    ["a switch as a variable", { environment: { DEBUG: true } }, 'DEBUG: "true"'],
    [
      "a variable of the shell",
      { environment: { FROM_SHELL: null } },
      'FROM_SHELL: process.env["FROM_SHELL"] ?? ""',
    ],
    [
      "a file of variables",
      { env_file: "mailu.env" },
      'environment: parseEnv(readFileSync("mailu.env", "utf8")) as Record<string, string>',
    ],
    [
      "two files of variables",
      { env_file: [".env_db", { path: ".env_srv" }] },
      'environment: { ...(parseEnv(readFileSync(".env_db", "utf8")) as Record<string, string>), ...(parseEnv(readFileSync(".env_srv", "utf8")) as Record<string, string>) }',
    ],
    ["a port as a number", { ports: [8080] }, '{ target: 8080, published: "auto" }'],
    ["a port of one address", { ports: ["127.0.0.1:8080:80"] }, '"8080:80"'],
    ["a range of ports", { ports: ["30000-30002:30000-30002"] }, '"30000", "30001", "30002"'],
    [
      "a port in quotes",
      { ports: [{ target: 80, published: "8080" }] },
      "{ target: 80, published: 8080 }",
    ],
    [
      "a port of hive-builder",
      { ports: [{ target_port: 80, published_port: 8080, protocol: "tcp", mode: "host" }] },
      '{ target: 80, published: 8080, protocol: "tcp", mode: "host" }',
    ],
    [
      "a port of hive-builder that is chosen",
      { ports: [{ target_port: 80 }] },
      '{ target: 80, published: "auto" }',
    ],
    [
      "a port of Compose that says what it speaks",
      { ports: [{ target: 80, published: "8080", protocol: "tcp", app_protocol: "http" }] },
      '{ target: 80, published: 8080, protocol: "http" }',
    ],
    [
      "a port of Mailu's",
      { ports: [{ target: 25, published: 25, mode: "overlay" }] },
      '{ target: 25, published: 25, mode: "ingress" }',
    ],
    [
      "networks as a map",
      { networks: { zbx_net: { aliases: ["server"] }, back: null } },
      'networks: [{ name: "zbx-net", aliases: ["server"] }, "back"]',
    ],
    ["depends_on", { depends_on: ["db"] }, 'dependsOn: ["db"]'],
    [
      "depends_on as a map",
      { depends_on: { db: { condition: "service_healthy" } } },
      'dependsOn: ["db"]',
    ],
    ["links", { links: ["db:database"] }, 'dependsOn: ["db"]'],
    ["mem_limit", { mem_limit: "512m" }, 'resources: { limits: { memory: "512MiB" } }'],
    [
      "two limits",
      { mem_limit: "1g", cpus: 0.5 },
      'resources: { limits: { memory: "1GiB", cpus: 0.5 } }',
    ],
    ["cpu_limit", { cpu_limit: "1.5" }, "resources: { limits: { cpus: 1.5 } }"],
    ["an amount", { resources: { limits: { memory: "512M" } } }, 'memory: "512MiB"'],
    [
      "an amount in a file system in memory",
      { tmpfs: ["/run:size=64m,mode=1777"] },
      'tmpfs: [{ target: "/run", size: "64MiB", mode: "1777" }]',
    ],
    ["shm_size", { shm_size: "128mb" }, 'tmpfs: [{ target: "/dev/shm", size: "128MiB" }]'],
    ["a limit of processes", { ulimits: { nproc: 65535 } }, "nproc: { soft: 65535, hard: 65535 }"],
    ["cap_add", { cap_add: ["NET_ADMIN"] }, 'capabilities: { add: ["NET_ADMIN"] }'],
    [
      "cap_add beside capabilities",
      { cap_add: ["NET_ADMIN"], capabilities: { drop: ["CHOWN"] } },
      'capabilities: { drop: ["CHOWN"], add: ["NET_ADMIN"] }',
    ],
    [
      "sysctls as a list",
      { sysctls: ["net.core.somaxconn=65535"] },
      'sysctls: { "net.core.somaxconn": "65535" }',
    ],
    [
      "a number in sysctls",
      { sysctls: { "net.core.somaxconn": 1024 } },
      '"net.core.somaxconn": "1024"',
    ],
    [
      "labels as a list",
      { labels: ["traefik.enable=true"] },
      'labels: { "traefik.enable": "true" }',
    ],
    [
      "a nested label",
      { labels: { webgate: { proxies: [{ target_port: 80 }] } } },
      'webgate: JSON.stringify({"proxies":[{"target_port":80}]})',
    ],
    [
      "a config",
      { configs: [{ source: "caddy_config", target: "/etc/Caddyfile", mode: 0o440 }] },
      '{ config: "caddy-config", target: "/etc/Caddyfile", mode: "0440" }',
    ],
    [
      "a secret",
      { secrets: [{ source: "MYSQL_USER", uid: "33", mode: 0o400 }] },
      '{ secret: "mysql-user", target: "MYSQL_USER", uid: 33, mode: "0400" }',
    ],
    ["extra_hosts", { extra_hosts: ["nas:192.0.2.7"] }, 'hosts: { nas: "192.0.2.7" }'],
    [
      "extra_hosts with the task's own server",
      { extra_hosts: ["host.docker.internal:host-gateway", "nas:192.0.2.7"] },
      'hosts: { nas: "192.0.2.7" }',
    ],
    [
      "hosts with the task's own server",
      { hosts: ["host.docker.internal:host-gateway", "nas:192.0.2.7"] },
      'hosts: { nas: "192.0.2.7" }',
    ],
    ["dns", { dns: "192.0.2.53", dns_search: "hive.example" }, 'dns: { servers: ["192.0.2.53"] }'],
    ["stop_grace_period", { stop_grace_period: "1m30s" }, 'stopGracePeriod: "90s"'],
    [
      "logging",
      { logging: { driver: "journald", options: { "max-size": 10 } } },
      '"max-size": "10"',
    ],
    ["command", { command: "npm start" }, 'command: ["npm", "start"]'],
    ["command with quotes", { command: "sh -c 'exec npm start'" }, 'command: ["sh", "-c", "…"]'],
    [
      "entrypoint",
      { entrypoint: "/docker-entrypoint.sh" },
      'entrypoint: ["/docker-entrypoint.sh"]',
    ],
    ["build", { build: { context: "./web", args: { PORT: 80 } } }, 'image: { build: "web" }'],
    [
      "build with arguments as a list",
      { build: { context: "./web", args: ["PORT=80"] } },
      'image: { build: "web" }` in its place, and `images: { web: { context: "web", buildArguments: { PORT: "80" } } }',
    ],
    ["a number as a user", { user: 1000 }, 'user: "1000"'],
    ["working_dir", { working_dir: "/srv" }, 'workingDirectory: "/srv"'],
    ["read_only", { read_only: true }, "readOnly: true"],
    ["stdin_open", { stdin_open: true }, "stdinOpen: true"],
    [
      "available_on",
      { available_on: ["staging", "private"] },
      'availableOn: ["staging", "private"]',
    ],
    ["replicas", { mode: "replicated", replicas: 3 }, "mode: { replicas: 3 }"],
    [
      "restart_config",
      { restart_config: { condition: "any", delay: "5s" } },
      'restart: { condition: "any", delay: "5s" }',
    ],
    [
      "monitor_error",
      { monitor_error: ["Error"], ignore_error: ["favicon"] },
      'logMonitoring: { alert: ["Error"], ignore: ["favicon"] }',
    ],
    [
      "backup_scripts",
      {
        backup_scripts: [
          { name: "certificates", directory: "/etc/letsencrypt", cleanup_days_before: 10 },
        ],
      },
      'backups: [{ name: "certificates", command: ["tar", "-C", "/etc/letsencrypt", "-cz", "."], restore: ["tar", "-C", "/etc/letsencrypt", "-xz"], keepDays: 10 }]',
    ],
    [
      "initialize_roles",
      { initialize_roles: ["powerdns-init"] },
      'initialize: [{ name: "powerdns-init", command: ["…"] }]',
    ],
  ])("%s is told with what to write, and the plan takes that", (_, service, code) => {
    const site = siteWith(service);
    const remedies = told(site).map(({ remedy }) => remedy);
    expect(remedies.some((remedy) => remedy.startsWith(`write \`${code}\``))).toBe(true);
    expect(remedies.join("\n")).not.toContain("did you mean");
    expect(told(mended(site))).toEqual([]);
  });

  test("an image with roles becomes one of the site, with a Dockerfile", () => {
    const site = { services: { pdnsdb: { image: { from: "mariadb:10.4", roles: ["init"] } } } };
    expect(problemsOf(site)).toEqual([
      'site/services/pdnsdb.ts: services.pdnsdb.image | write `image: { build: "pdnsdb" }`, and `images: { pdnsdb: {} }` in site/site.ts; write site/images/pdnsdb/Dockerfile with FROM mariadb:10.4 and what the roles init do',
    ]);
    expect(mended(site)).toMatchObject({
      images: { pdnsdb: {} },
      services: { pdnsdb: { image: { build: "pdnsdb" } } },
    });
    expect(told(mended(site))).toEqual([]);
  });

  test.each<[string, unknown]>([
    ["privileged", true],
    ["pid", "host"],
    ["ipc", "host"],
    ["devices", ["/dev/ttyUSB0:/dev/ttyUSB0"]],
    ["network_mode", "host"],
    ["userns_mode", "host"],
    ["security_opt", ["seccomp:unconfined"]],
    ["cgroup_parent", "m-executor"],
    ["uts", "host"],
    ["gpus", "all"],
    ["mac_address", "02:42:ac:11:65:43"],
    ["oom_kill_disable", true],
    ["volumes_from", ["db"]],
  ])("a Swarm service cannot have %s, and is told what to do instead", (key, value) => {
    const [problem, ...others] = told(siteWith({ [key]: value }));
    expect(others).toEqual([]);
    expect(problem?.message).toMatch(/^is a key of Docker Compose; a Swarm service cannot /);
    expect(problem?.remedy).toMatch(/^remove it; \S/);
    expect(told(mended(siteWith({ [key]: value })))).toEqual([]);
  });

  test.each<[string, unknown]>([
    ["container_name", "web"],
    ["expose", [5432]],
    ["profiles", ["all"]],
    ["pull_policy", "always"],
    ["platform", "linux/amd64"],
    ["x-logging", { driver: "json-file" }],
    ["extends", { service: "base" }],
  ])("%s is to be removed, and the reason is told", (key, value) => {
    const [problem, ...others] = told(siteWith({ [key]: value }));
    expect(others).toEqual([]);
    expect(problem?.message).toBe("is a key of Docker Compose");
    expect(problem?.remedy).toMatch(/^remove it[:;] \S/);
  });

  test.each<[string, LooseSite, string]>([
    ["a volume with nothing after it", { volumes: { db: null } }, "{ local: {} }"],
    ["a volume of the driver local", { volumes: { db: { driver: "local" } } }, "{ local: {} }"],
    [
      "a volume of NFS",
      {
        volumes: {
          db: {
            driver: "local",
            driver_opts: { type: "nfs", o: "addr=192.0.2.9,rw", device: ":/export" },
          },
        },
      },
      '{ nfs: { server: "192.0.2.9", path: "/export" } }',
    ],
    [
      "a volume of elsewhere with another name",
      { volumes: { db: { external: true, name: "team_db" } } },
      'external: "team_db"',
    ],
    [
      "a network of elsewhere with another name",
      { networks: { edge: { external: true, name: "traefik_public" } } },
      'external: "traefik_public"',
    ],
    ["a network with nothing after it", { networks: { back: null } }, "{}"],
    [
      "a network with a subnet",
      {
        networks: {
          back: {
            driver: "overlay",
            ipam: { driver: "default", config: [{ subnet: "10.96.0.0/24" }] },
          },
        },
      },
      'subnet: "10.96.0.0/24"',
    ],
    [
      "a network with options of the driver and of a bridge",
      {
        networks: {
          back: {
            driver: "bridge",
            driver_opts: {
              "com.docker.network.bridge.name": "br0",
              "com.docker.network.driver.mtu": 1400,
            },
          },
        },
      },
      'driverOptions: { "com.docker.network.driver.mtu": "1400" }',
    ],
    [
      "a number as a build argument",
      { images: { web: { buildArguments: { PORT: 80 } } } },
      'PORT: "80"',
    ],
    [
      "build arguments as a list",
      { images: { web: { buildArguments: ["PORT=80"] } } },
      'buildArguments: { PORT: "80" }',
    ],
    ["a secret of a file", { secrets: { password: { file: "./.password" } } }, "fromStage: true"],
    [
      "a secret of elsewhere with another name",
      { secrets: { password: { external: true, name: "DB_PASSWORD" } } },
      'external: "DB_PASSWORD"',
    ],
    ["a name with an underscore", { volumes: { pdnsdb_data: { local: {} } } }, '"pdnsdb-data"'],
    ["a name with capital letters", { secrets: { MYSQL_USER: { generate: {} } } }, '"mysql-user"'],
    ["a name with a dot", { configs: { "Mailu.env": { content: "A=b" } } }, '"mailu-env"'],
  ])("%s is told with what to write, and the plan takes that", (_, parts, code) => {
    const site = { services: { web: { image } }, ...parts };
    expect(told(site).some(({ remedy }) => remedy.startsWith(`write \`${code}\``))).toBe(true);
    const values = mended(site);
    const open = told(values).filter(({ path }) => !path.includes("hive:secrets"));
    expect(open.filter(({ message }) => !message.includes("no value"))).toEqual([]);
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ["extra_hosts", { extra_hosts: ["host.docker.internal:host-gateway"] }],
    ["extra_hosts as a map", { extra_hosts: { "host.docker.internal": "host-gateway" } }],
    ["hosts as a list", { hosts: ["host.docker.internal=host-gateway"] }],
    ["hosts", { hosts: { "host.docker.internal": "host-gateway" } }],
  ])("no service has the address of its own server: %s", (_, service) => {
    const [problem, ...others] = told(siteWith(service));
    expect(others).toEqual([]);
    expect(problem?.remedy).toMatch(
      /^remove it; host-gateway is the address of a task's own server, which no service here can have: make the other program /,
    );
    expect(told(mended(siteWith(service)))).toEqual([]);
  });

  test.each<[string, string]>([
    [
      "bridge",
      "creates a separate network on each server: tasks on two servers could not reach each other",
    ],
    ["brigde", "has the driver brigde, which Docker Engine does not have"],
    ["host", "every Docker Engine has by itself"],
    ["none", "has the driver none, which the Swarm does not support"],
    ["null", "has the driver null, which the Swarm does not support"],
  ])("a network of the driver %s is told to leave it out", (driver, message) => {
    const site = { networks: { back: { driver } }, services: { web: { image } } };
    const [problem, ...others] = told(site);
    expect(others).toEqual([]);
    expect(problem?.path).toBe("site/site.ts: networks.back.driver");
    expect(problem?.message).toContain(message);
    expect(problem?.remedy).toMatch(/^remove it: services here are joined by overlay networks/);
    expect(told(mended(site))).toEqual([]);
  });

  test("an image with a variable is told that nothing fills it in", () => {
    const [problem] = told({ services: { web: { image: "mailu/nginx:${VERSION:-master}" } } });
    expect(problem?.message).toBe("has a Compose variable, which hive does not fill in");
    expect(problem?.remedy).toMatch(/^write the reference itself, by digest/);
  });

  test("what keeps a name from being one is named", () => {
    const faults = told({
      volumes: { pdnsdb_data: { local: {} } },
      configs: { "Mailu.env": { content: "A=b" } },
      services: { web: { image, volumes: [{ source: "pdnsdb_data", target: "/d" }] } },
    }).map(({ message }) => message);
    expect(faults).toEqual([
      "has an underscore (_), and a name is lower-case letters, digits and hyphens",
      "has a dot (.) and capital letters, and a name is lower-case letters, digits and hyphens",
      "has an underscore (_), and a name is lower-case letters, digits and hyphens",
    ]);
  });

  test("a port that stands alone means something else in hive-builder", () => {
    const web = { image, ports: ["80"] };
    expect(told({ services: { web } })).toEqual([]);
    // Another service tells where the site is from.
    const problems = problemsOf({
      services: { web, db: { image, restart_config: { condition: "any" } } },
    });
    expect(problems).toContain(
      'site/services/web.ts: services.web.ports[0] | write `{ target: 80, published: "auto" }`; or "80:80" if port 80 of the servers is meant',
    );
    // A port of both is the same in both.
    expect(
      problemsOf({
        services: { web: { ...web, ports: ["80:80"] }, db: { image, restart_config: {} } },
      }),
    ).toHaveLength(1);
  });

  test("what has a typing error is told beside what was pasted", () => {
    expect(
      problemsOf(
        siteWith({
          deploy: { replicas: 2 },
          enviroment: {},
          healthcheck: { test: ["CMD", "x"], intervall: "5s" },
        }),
      ),
    ).toEqual([
      'site/services/web.ts: services.web.healthcheck | write `healthcheck: { command: ["x"] }`',
      "site/services/web.ts: services.web.healthcheck.intervall | did you mean `interval`? If not, remove it",
      "site/services/web.ts: services.web.deploy | write `mode: { replicas: 2 }` in its place",
      "site/services/web.ts: services.web.enviroment | did you mean `environment`? If not, remove it",
    ]);
  });
});

describe("a variable of Compose", () => {
  const notices = (service: Readonly<Record<string, unknown>>): readonly string[] =>
    planWith({
      site: { name: "hive.example", services: { web: { image, ...service } } },
    }).notices;

  test("stays as it stands, and a notice tells it, without values", () => {
    const labels = { rule: "Host(`${DOMAIN?Variable not set}`)", users: "me:${HASH:-hunter2}" };
    expect(notices({ labels })).toEqual([
      "The service web has ${DOMAIN}, ${HASH} in labels: hive does not fill it in. Use TypeScript instead: " +
        '`…${process.env["DOMAIN"] ?? ""}…` between back-ticks.',
    ]);
  });

  test("is a shell's own in a command, and Swarm has other templates", () => {
    expect(
      notices({ command: ["sh", "-c", "echo ${HOME}"], environment: { NODE: "{{.Node.ID}}" } }),
    ).toEqual([]);
  });
});

describe("a remedy repeats no text that may be a secret", () => {
  const secret = "Tr0ub4dor&3";
  test.each<[string, Readonly<Record<string, unknown>>]>([
    ["a variable in a list", { environment: [`A=${secret}`] }],
    ["a variable whose name tells it", { environment: ["DB_PASSWORD=letmein"] }],
    ["an address with a password", { environment: [`URL=postgres://me:${secret}@db/x`] }],
    ["a command", { command: `redis-server --requirepass ${secret}` }],
    ["a flag", { command: "mysqladmin -psecret ping" }],
    ["a health check", { healthcheck: { test: ["CMD-SHELL", `mysqladmin ping -p${secret}`] } }],
    [
      "a health check without a shell",
      { healthcheck: { test: ["CMD", "redis-cli", "-a", "letmein", "ping"] } },
    ],
    ["a number behind a flag", { command: ["redis-server", "--requirepass", 70223] }],
    ["a number as a build argument", { build: { args: { TOKEN: 70223 } } }],
    ["a label", { labels: [`auth=${secret}`] }],
    ["a label of deploy", { deploy: { labels: { "basicauth.users": `me:${secret}` } } }],
    ["a nested label", { labels: { a: { b: secret } } }],
    ["a build argument", { build: { args: { TOKEN: "letmein", A: secret } } }],
    [
      "a backup",
      {
        backup_scripts: [
          { name: "a", backup_command: `mysqldump -p${secret}`, restore_command: "mysql" },
        ],
      },
    ],
  ])("%s", (_, service) => {
    const text = textOf(siteWith(service));
    expect(text).toContain("…");
    for (const each of [secret, "letmein", "-psecret", "70223"]) expect(text).not.toContain(each);
  });
});

const everyKey = [
  ...new Set([composeService, builderService].flatMap(({ keys }) => Object.keys(keys))),
];

describe("every key that is known of other systems", () => {
  test("is told without a guess, whatever its value is", () => {
    fc.assert(
      fc.property(fc.constantFrom(...everyKey), fc.jsonValue({ maxDepth: 3 }), (key, value) => {
        const problems = told(siteWith({ [key]: value })).filter(({ path }) =>
          path.endsWith(`.${key}`),
        );
        expect(problems).toHaveLength(1);
        expect(problems[0]?.message).toMatch(/^is a key of /);
        expect(problems[0]?.remedy).not.toMatch(/did you mean|undefined|\[object/);
      }),
      { numRuns: 150 },
    );
  });
});

describe("quantities", () => {
  test.each([
    ["512M", "512MiB"],
    ["1g", "1GiB"],
    ["64mb", "64MiB"],
    ["1.5G", "1536MiB"],
    [1048576, "1MiB"],
    ["1GB", "1GiB"],
    ["0", undefined],
    ["many", undefined],
  ])("%p is %p", (text, here) => {
    expect(hiveSize(text)).toBe(here);
  });

  test.each([
    ["1m30s", "90s"],
    ["1h0m0s", "1h"],
    ["1.5s500ms", "2s"],
    ["100us", "1ms"],
    ["10s", "10s"],
    ["10", undefined],
  ])("%p is %p", (text, here) => {
    expect(hiveDuration(text)).toBe(here);
  });

  test.each([
    ["a b", ["a", "b"]],
    [`sh -c 'echo "a b"'`, ["sh", "-c", 'echo "a b"']],
    [`a\\ b "c d"e`, ["a b", "c de"]],
    ["echo $$HOME", ["echo", "$HOME"]],
    ["'open", undefined],
  ])("the command %p is %p", (text, words) => {
    expect(commandWords(text)).toEqual(words);
  });
});
