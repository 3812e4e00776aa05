import { Expression, plainText } from "./code-text";
import { hiveDeploy, placementOf } from "./deploy";
import {
  becomes,
  cannot,
  compose,
  type ForeignTable,
  isMap,
  needless,
  type PastedPlace,
  renamed,
} from "./foreign-key";
import { nameOrText } from "./hive-name";
import { hiveDuration, hiveNumber, hiveSize } from "./quantities";
import { hiveHosts, serviceNamesForm, variablesOf } from "./service-forms";
import { shownValue } from "./shown-text";
import { environmentForm } from "./text-forms";

/**
 * The keys of Compose files (the Compose Specification) that hive does not have under the same
 * name.
 */

const placeInstead =
  'say where it runs with `placement: { constraints: ["node.labels.hive.zone == zone-a"] }`';

const folderInstead =
  'mount the file or folder of the server that the program needs, e.g. `volumes: [{ source: "/dev/shm", target: "/dev/shm" }]`';

const asSeconds = (value: unknown): unknown =>
  typeof value === "number" ? `${value}s` : hiveDuration(value);

const memoryLimit = (value: unknown): unknown => {
  const memory = hiveSize(value);
  return memory === undefined ? undefined : { limits: { memory } };
};

const cpuLimit = (value: unknown): unknown => {
  const cpus = hiveNumber(value);
  return cpus === undefined ? undefined : { limits: { cpus } };
};

/** `build` of a service: here `images` of the site say what to build. */
const build = becomes((value, place) => {
  const image = nameOrText(place.name);
  const map = isMap(value) ? value : { context: value };
  const { context, args, target, dockerfile, secrets } = map;
  const folder = typeof context === "string" ? context.replace(/^\.\/+|\/+$/g, "") : "";
  return {
    write: { image: { build: image } },
    site: {
      images: {
        [image]: {
          ...(folder === "" || folder === "." ? {} : { context: folder }),
          ...(isMap(args) || Array.isArray(args)
            ? { buildArguments: shownVariables(args, place) }
            : {}),
          ...(typeof target === "string" ? { target } : {}),
        },
      },
    },
    notes: [
      ...(dockerfile === undefined ? [] : ["the file in that folder is called Dockerfile"]),
      ...(secrets === undefined
        ? []
        : ["buildSecrets of the image lists what a build step may read"]),
    ],
  };
});

const environmentFile = becomes((value, place) => {
  const list = Array.isArray(value) ? value : [value];
  const files = list.map((each) => plainText(isMap(each) ? each["path"] : each));
  return {
    write: { environment: variablesOf(files, shownVariables(place.beside["environment"], place)) },
    notes: [
      'with `import { readFileSync } from "node:fs"` and `import { parseEnv } from "node:util"` at the top of the file; passwords in it belong to secrets',
    ],
  };
});

/**
 * Variables as a map or a list, e.g. those besides a file of variables, which they override.
 */
function shownVariables(variables: unknown, place: PastedPlace): Readonly<Record<string, unknown>> {
  const listed = environmentForm(variables, place)?.becomes;
  if (isMap(listed)) return listed;
  return isMap(variables) ? shownOptions(Object.entries(variables)) : {};
}

/** Keys of a service. */
export const composeService: ForeignTable = {
  system: compose,
  keys: {
    annotations: renamed("containerLabels"),
    attach: needless("`npx hive logs <service>` shows what a service prints"),
    blkio_config: cannot(
      "have limits of its own for reading and writing disks",
      "limit processors and memory with resources",
    ),
    build,
    cap_add: renamed("capabilities", (add) => ({ add })),
    cap_drop: renamed("capabilities", (drop) => ({ drop })),
    cgroup: cannot("choose the cgroup namespace of its container", "every container has its own"),
    cgroup_parent: cannot("choose the parent cgroup of its container", "limit it with resources"),
    container_name: needless(
      "Swarm names containers itself; others reach the service by its name, and further names are aliases of a network: " +
        '`networks: [{ name: "default", aliases: ["…"] }]`',
    ),
    cpu_count: renamed("resources", cpuLimit),
    cpu_percent: cannot(
      "have a share of processors in percent",
      "write `resources: { limits: { cpus: 0.5 } }`",
    ),
    cpu_period: cannot(
      "have a period of its own for processor time",
      "write `resources: { limits: { cpus: 0.5 } }`",
    ),
    cpu_quota: cannot(
      "have a quota of its own for processor time",
      "write `resources: { limits: { cpus: 0.5 } }`",
    ),
    cpu_rt_period: cannot(
      "have real-time processor time",
      "write `resources: { reservations: { cpus: 0.5 } }`",
    ),
    cpu_rt_runtime: cannot(
      "have real-time processor time",
      "write `resources: { reservations: { cpus: 0.5 } }`",
    ),
    cpu_shares: cannot(
      "have processor shares",
      "write `resources: { limits: { cpus: 0.5 } }` or reservations",
    ),
    cpus: renamed("resources", cpuLimit),
    cpuset: cannot("be kept to single processors", "write `resources: { limits: { cpus: 1 } }`"),
    credential_spec: cannot("have credentials of Windows here", "servers are Linux"),
    depends_on: becomes((value, place) => {
      const map = serviceNamesForm(value, place);
      const dependsOn = Array.isArray(value) ? value.map(nameOrText) : map?.becomes;
      return dependsOn === undefined
        ? undefined
        : { write: { dependsOn }, ...(map?.notes === undefined ? {} : { notes: map.notes }) };
    }),
    deploy: becomes(hiveDeploy),
    develop: needless("`npx hive deploy <service>` builds and rolls one service after a change"),
    device_cgroup_rules: cannot("have devices", folderInstead),
    devices: cannot(
      "have devices of its server",
      "run the program that needs one outside of the Swarm on that server, and reach it over the network; a folder or socket can be mounted with volumes",
    ),
    dns_opt: renamed("dns", (options) => ({
      options: Array.isArray(options) ? options : [options],
    })),
    dns_search: renamed("dns", (search) => ({ search: Array.isArray(search) ? search : [search] })),
    domainname: becomes((value, { beside }) => {
      const { hostname } = beside;
      if (typeof value !== "string") return undefined;
      return { write: { hostname: `${typeof hostname === "string" ? hostname : "…"}.${value}` } };
    }),
    driver_opts: needless("options of a driver stand with the volume or network in site/site.ts"),
    env_file: environmentFile,
    expose: needless("services of one network reach all ports of each other"),
    extends: becomes((value) => {
      const base = isMap(value) ? value["service"] : value;
      return {
        write: {},
        notes: [
          `what several services share is a constant of TypeScript: \`defineService({ ...${nameOrText(base).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}, … })\``,
        ],
      };
    }),
    external_links: cannot(
      "be linked to containers outside of the Swarm",
      "reach them by name or address; names are added with hosts",
    ),
    extra_hosts: becomes((value) => {
      const lines = hiveHosts(value);
      if (lines === undefined) return undefined;
      const { hosts, notes } = lines;
      return {
        write: Object.keys(hosts).length === 0 && notes.length > 0 ? {} : { hosts },
        notes,
      };
    }),
    gpus: cannot("reserve a GPU here", placeInstead),
    group_add: renamed("groups", (groups) =>
      Array.isArray(groups) ? groups.map(plainText) : undefined,
    ),
    ipc: cannot(
      "share the memory of other containers or of its server",
      'for a larger /dev/shm write `tmpfs: [{ target: "/dev/shm", size: "64MiB" }]`',
    ),
    isolation: cannot("choose an isolation", "servers are Linux"),
    label_file: needless("labels are a map in the inventory"),
    links: becomes((value) => {
      const names = Array.isArray(value)
        ? value.map((each) => nameOrText(plainText(each).split(":")[0]))
        : [];
      return {
        write: names.length === 0 ? {} : { dependsOn: names },
        notes: [
          "services of one network reach each other by name; another name is an alias of the other service: " +
            '`networks: [{ name: "default", aliases: ["…"] }]`',
        ],
      };
    }),
    log_driver: renamed("logging", (driver) => ({ driver })),
    log_opt: cannot(
      "have options of its log beside logging",
      'write `logging: { driver: "journald", options: {} }`',
    ),
    mac_address: cannot("have a fixed hardware address", "others find it by its name"),
    mem_limit: renamed("resources", memoryLimit),
    mem_reservation: renamed("resources", (value) => {
      const memory = hiveSize(value);
      return memory === undefined ? undefined : { reservations: { memory } };
    }),
    mem_swappiness: cannot(
      "say how it is swapped",
      'limit its memory: `resources: { limits: { memory: "512MiB" } }`',
    ),
    memswap_limit: cannot(
      "have a limit of swap",
      'limit its memory: `resources: { limits: { memory: "512MiB" } }`',
    ),
    models: cannot("ask for a model of an AI", "run it as a service of its own"),
    net: cannot(
      "share the network of its server or of another container",
      'publish its ports: `ports: [{ target: 80, mode: "host" }]`',
    ),
    network_mode: cannot(
      "share the network of its server or of another container",
      'publish its ports on each server that runs it: `ports: [{ target: 80, mode: "host" }]`; for no network at all write `networks: []`',
    ),
    oom_kill_disable: cannot(
      "be kept from being ended when memory is used up",
      'reserve what it needs: `resources: { reservations: { memory: "512MiB" } }`',
    ),
    oom_score_adj: cannot(
      "say in which order it is ended when memory is used up",
      'reserve what it needs: `resources: { reservations: { memory: "512MiB" } }`',
    ),
    pid: cannot(
      "share the processes of its server or of another container",
      'what only reads them mounts /proc: `volumes: [{ source: "/proc", target: "/host/proc", readOnly: true }]`; what must see them runs on the server itself',
    ),
    pids_limit: renamed("resources", (value) => {
      const pids = hiveNumber(value);
      return pids === undefined || pids < 1 ? undefined : { limits: { pids } };
    }),
    platform: needless("all servers have one architecture, for which images are built"),
    post_start: becomes(() => ({
      write: {},
      notes: [
        'what prepares its data is a step: `initialize: [{ name: "prepare", command: ["…"] }]`',
      ],
    })),
    pre_stop: becomes(() => ({
      write: {},
      notes: [
        "what is to be done at the end the program does on its stop signal, within stopGracePeriod",
      ],
    })),
    privileged: cannot(
      "be privileged",
      'name the capabilities that the program needs: `capabilities: { add: ["NET_ADMIN"] }`, mount folders of the server with volumes; a whole system with systemd is `standalone: true`',
    ),
    profiles: becomes(() => ({
      write: {},
      notes: [
        'a service runs on the stages of `availableOn: ["private", "staging"]`; to switch it off for a while write `mode: { replicas: 0 }`',
      ],
    })),
    provider: cannot(
      "be made by a program other than the Engine",
      "run it as a service of an image",
    ),
    pull_policy: needless(
      "images are named by digest and are on every server before a service changes",
    ),
    read_only: renamed("readOnly"),
    runtime: cannot("choose a runtime", placeInstead),
    scale: renamed("mode", (value) => {
      const replicas = hiveNumber(value);
      return replicas === undefined ? undefined : { replicas };
    }),
    security_opt: cannot(
      "have security options of the Engine here (seccomp, AppArmor); no-new-privileges holds for every service",
      'take capabilities away: `capabilities: { drop: ["ALL"] }`, and let it run as a user: `user: "1000"`, `readOnly: true`',
    ),
    shm_size: renamed("tmpfs", (value) => {
      const size = hiveSize(value);
      return size === undefined ? undefined : [{ target: "/dev/shm", size }];
    }),
    stdin_open: renamed("stdinOpen"),
    stop_grace_period: renamed("stopGracePeriod", asSeconds),
    stop_signal: renamed("stopSignal", (value) =>
      typeof value === "string" ? (value.startsWith("SIG") ? value : `SIG${value}`) : undefined,
    ),
    storage_opt: cannot("have options of its container's storage", "put data on a volume"),
    use_api_socket: becomes(() => ({
      write: { volumes: [{ source: "/var/run/docker.sock", target: "/var/run/docker.sock" }] },
      notes: ["whoever has this socket has the server"],
    })),
    userns_mode: cannot("choose a user namespace", 'let it run as a user: `user: "1000"`'),
    uts: cannot("share the host name of its server", 'write `hostname: "{{.Node.Hostname}}"`'),
    volume_driver: needless(
      'the driver stands with the volume in site/site.ts: `{ driver: { name: "…" } }`',
    ),
    volumes_from: cannot(
      "mount what another service mounts",
      "name the volume in both; one that is replicated has one writer",
    ),
    working_dir: renamed("workingDirectory"),
  },
};

/** `name` besides `external: true` is the name of the external object. */
const nameOutside = becomes((value, { beside }) =>
  beside["external"] === true
    ? { write: { external: value } }
    : { write: {}, notes: ["its name is its key"] },
);

/** Keys of `placement`. */
export const composePlacement: ForeignTable = {
  system: compose,
  keys: {
    max_replicas_per_node: renamed("maxReplicasPerHost", hiveNumber),
    preferences: becomes((value) => {
      const placement = placementOf({ preferences: value });
      return isMap(placement) ? { write: placement } : undefined;
    }),
  },
};

/** Keys of a network. */
export const composeNetwork: ForeignTable = {
  system: compose,
  keys: {
    driver_opts: becomes((value) => {
      if (!isMap(value)) return undefined;
      const options = Object.entries(value).filter(
        ([key]) => !key.startsWith("com.docker.network.bridge."),
      );
      const bridge = options.length < Object.keys(value).length;
      return {
        write: {
          ...(options.length === 0 && bridge ? {} : { driverOptions: shownOptions(options) }),
        },
        notes: bridge ? ["an overlay network has no options of a bridge"] : [],
      };
    }),
    enable_ipv4: needless("every network has IPv4"),
    enable_ipv6: cannot("have IPv6 addresses inside here", "networks of the site have IPv4"),
    ipam: becomes((value) => {
      const config = isMap(value) ? value["config"] : undefined;
      const first: unknown = Array.isArray(config) ? config[0] : undefined;
      if (!isMap(first)) return { write: {} };
      const { subnet, gateway } = first;
      return {
        write: {
          ...(subnet === undefined ? {} : { subnet }),
          ...(gateway === undefined ? {} : { gateway }),
        },
        ...(Array.isArray(config) && config.length > 1
          ? { notes: ["a network has one subnet here"] }
          : {}),
      };
    }),
    labels: needless("hive labels what it makes"),
    name: nameOutside,
  },
};

/** Keys of a volume. */
export const composeVolume: ForeignTable = {
  system: compose,
  keys: {
    driver_opts: becomes((value, { beside }) => driverVolume(beside["driver"], value)),
    labels: needless("hive labels what it makes"),
    name: nameOutside,
  },
};

function shownOptions(
  options: readonly (readonly [string, unknown])[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(options.map(([key, each]) => [key, shownValue(key, plainText(each))]));
}

/** A volume of a driver; the driver `local` with NFS options is an NFS volume. */
export function driverVolume(
  name: unknown,
  options: unknown,
): { readonly write: Readonly<Record<string, unknown>> } {
  const map = isMap(options) ? options : {};
  if (name === undefined || name === "local") {
    const server = /(?:^|,)addr=([^,]+)/.exec(plainText(map["o"] ?? ""))?.[1];
    if (/^nfs/.test(plainText(map["type"] ?? "")) && server !== undefined) {
      return { write: { nfs: { server, path: plainText(map["device"] ?? "").replace(/^:/, "") } } };
    }
    if (Object.keys(map).length === 0) return { write: { local: {} } };
  }
  const shown = shownOptions(Object.entries(map));
  return {
    write: {
      driver: {
        name: plainText(name ?? "local"),
        ...(Object.keys(shown).length === 0 ? {} : { options: shown }),
      },
    },
  };
}

const operatorsValue = becomes((_, { name }) => ({
  write: { fromStage: true },
  notes: [
    `give the value to each stage: npx hive pulumi -- config set --stack <stage> --secret --path 'hive:secrets["${nameOrText(name)}"]'`,
  ],
}));

/** Keys of a secret. */
export const composeSecret: ForeignTable = {
  system: compose,
  keys: {
    driver: cannot("have secrets of a driver here", "write `{ fromStage: true }`"),
    environment: operatorsValue,
    file: operatorsValue,
    labels: needless("hive labels what it makes"),
    name: nameOutside,
    template_driver: cannot(
      "have templates in secrets here",
      'write a config with `template: true` that reads the secret: {{ secret "name" }}',
    ),
  },
};

/** Keys of a config. */
export const composeConfig: ForeignTable = {
  system: compose,
  keys: {
    environment: becomes((value) => ({
      write: { content: new Expression(`process.env[${JSON.stringify(value)}] ?? ""`) },
    })),
    labels: needless("hive labels what it makes"),
    name: nameOutside,
    template_driver: renamed("template", () => true),
  },
};

/** Keys at the top of a Compose file. */
export const composeSite: ForeignTable = {
  system: compose,
  keys: {
    include: needless('another file is imported: `import { web } from "./services/web"`'),
    models: cannot("ask for a model of an AI", "run it as a service of its own"),
    version: needless("a site has no version"),
  },
};
