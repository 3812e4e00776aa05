import fc from "fast-check";

import type { HealthcheckPlan, ServiceMode, UpdatePlan } from "../../../../model/plan";
import { together } from "../../../../model/service/concepts";
import type { ServiceFile, ServiceMount, ServiceSpec } from "../../../../model/service/spec";
import { switches } from "./switches";

/** Absent, or a value. */
function optional<K extends string, T>(
  key: K,
  value: fc.Arbitrary<T>,
): fc.Arbitrary<{ readonly [key in K]?: T }> {
  return fc.oneof(
    fc.constant({}),
    value.map((present) => ({ [key]: present }) as Record<K, T>),
  );
}

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,9}$/);
const text = fc.string({ maxLength: 12 });
const texts = fc.array(text, { maxLength: 3 });
/** To the millisecond, as a plan can say it. */
const seconds = fc.nat(3_600_000).map((milliseconds) => milliseconds / 1000);
const ratio = fc.nat(1000).map((part) => part / 1000);
const path = word.map((name) => `/${name}`);
const fileMode = fc.nat(0o777).map((mode) => mode.toString(8).padStart(4, "0"));
const record = fc.dictionary(word, text, { maxKeys: 3 });

const mode: fc.Arbitrary<ServiceMode> = fc.oneof(
  fc.constant({ kind: "global" as const }),
  fc.nat(9).map((replicas) => ({ kind: "replicated" as const, replicas })),
  fc
    .tuple(optional("schedule", fc.constantFrom("0 3 * * *", "*/5 * * * *")), fc.nat(5))
    .map(([schedule, retries]) => ({ kind: "job" as const, ...schedule, retries })),
);

const mount: fc.Arbitrary<ServiceMount> = fc.oneof(
  fc.record(
    {
      kind: fc.constant("volume" as const),
      source: word,
      target: path,
      readOnly: fc.boolean(),
      driver: fc.constantFrom("local", "hive-shared"),
      driverOptions: record,
      noCopy: fc.boolean(),
      external: fc.constant(true as const),
    },
    {
      requiredKeys: ["kind", "source", "target", "readOnly", "driver", "driverOptions", "noCopy"],
    },
  ),
  fc.record(
    {
      kind: fc.constant("bind" as const),
      source: path,
      target: path,
      readOnly: fc.boolean(),
      propagation: fc.constantFrom("rprivate" as const, "rslave" as const, "shared" as const),
    },
    { requiredKeys: ["kind", "source", "target", "readOnly"] },
  ),
  fc
    .tuple(path, optional("sizeBytes", fc.nat(2 ** 30)), fc.integer({ min: 1, max: 0o1777 }))
    .map(([target, size, bits]) => ({
      kind: "tmpfs" as const,
      target,
      ...size,
      mode: bits.toString(8),
    })),
);

const file: fc.Arbitrary<ServiceFile> = fc.record({
  id: word,
  name: word,
  target: path,
  uid: fc.nat(65535),
  gid: fc.nat(65535),
  mode: fileMode,
});
const files = fc.uniqueArray(file, { selector: ({ target }) => target, maxLength: 3 });

const healthcheck: fc.Arbitrary<HealthcheckPlan> = fc.record({
  command: texts,
  intervalSeconds: seconds,
  timeoutSeconds: seconds,
  retries: fc.nat(9),
  startPeriodSeconds: seconds,
});

const policy: fc.Arbitrary<UpdatePlan> = fc.record({
  order: fc.constantFrom("start-first" as const, "stop-first" as const),
  parallelism: fc.nat(5),
  delaySeconds: seconds,
  monitorSeconds: seconds,
  maxFailureRatio: ratio,
  onFailure: fc.constantFrom("rollback" as const, "pause" as const, "continue" as const),
});

const required = fc.record({
  name: fc.constant("web"),
  site: fc.constantFrom("hive.example", "other.example"),
  image: fc.constantFrom("a@sha256:1", "registry:5000/b@sha256:2"),
  mode,
  environment: fc.dictionary(fc.stringMatching(/^[A-Z_]{1,8}$/), fc.string()),
  ports: fc.uniqueArray(
    fc.record({
      target: fc.integer({ min: 1, max: 65535 }),
      published: fc.integer({ min: 1, max: 65535 }),
      protocol: fc.constantFrom("tcp" as const, "udp" as const, "sctp" as const),
      mode: fc.constantFrom("host" as const, "ingress" as const),
    }),
    { selector: ({ published, protocol }) => `${published}/${protocol}`, maxLength: 4 },
  ),
  endpointMode: fc.constantFrom("vip" as const, "dnsrr" as const),
  networks: fc.uniqueArray(
    fc.record({ id: word, aliases: fc.uniqueArray(word, { maxLength: 2 }) }),
    { selector: ({ id }) => id, maxLength: 3 },
  ),
  mounts: fc.uniqueArray(mount, { selector: ({ target }) => target, maxLength: 4 }),
  secrets: files,
  configs: files,
  hosts: fc.dictionary(word, fc.ipV4(), { maxKeys: 3 }),
  dns: fc.record({ servers: fc.array(fc.ipV4(), { maxLength: 2 }), search: texts, options: texts }),
  labels: record,
  containerLabels: record,
  placement: fc.record({
    constraints: fc.uniqueArray(
      fc.constantFrom("node.role==manager", "node.labels.a != b", " node.hostname ==x"),
    ),
    spread: fc.uniqueArray(fc.constantFrom("node.labels.zone", "node.labels.rack")),
    maxReplicasPerHost: fc.nat(3),
  }),
  restart: fc.record({
    condition: fc.constantFrom("any" as const, "on-failure" as const, "none" as const),
    delaySeconds: seconds,
    maxAttempts: fc.nat(9),
    windowSeconds: seconds,
  }),
  update: policy,
  rollback: policy,
  stopGracePeriodSeconds: seconds,
  groups: fc.uniqueArray(word, { maxLength: 3 }),
  capabilities: fc.record({
    add: fc.uniqueArray(fc.constantFrom("NET_ADMIN", "cap_chown", "CAP_KILL")),
    drop: fc.uniqueArray(fc.constantFrom("ALL", "SETUID")),
  }),
  sysctls: record,
  ulimits: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom("nofile", "nproc", "core"),
      soft: fc.integer({ min: -1, max: 9999 }),
      hard: fc.integer({ min: -1, max: 9999 }),
    }),
    { selector: ({ name }) => name },
  ),
  init: fc.constant(false),
  readOnly: fc.constant(false),
  tty: fc.constant(false),
  resources: fc
    .tuple(
      optional(
        "cpus",
        fc.nat(8000).map((milli) => milli / 1000),
      ),
      optional("memoryBytes", fc.nat(2 ** 32)),
      optional("pids", fc.nat(999)),
      optional(
        "cpus",
        fc.nat(8000).map((milli) => milli / 1000),
      ),
      optional("memoryBytes", fc.nat(2 ** 32)),
    )
    .map(([cpus, memory, pids, reservedCpus, reservedMemory]) => ({
      limits: { ...cpus, ...memory, ...pids },
      reservations: { ...reservedCpus, ...reservedMemory },
    })),
});

/** Any service that a plan could ask for. */
export const anyService: fc.Arbitrary<ServiceSpec> = fc
  .tuple(
    required,
    optional("entrypoint", texts),
    optional("command", texts),
    optional("hostname", fc.constantFrom("", "web", "{{.Node.Hostname}}")),
    optional("healthcheck", healthcheck),
    optional("stopSignal", fc.constantFrom("SIGQUIT", "SIGRTMIN+3")),
    optional("user", fc.constantFrom("daemon", "1000:1000")),
    optional("workingDirectory", path),
    optional(
      "logging",
      fc.record({ driver: fc.constantFrom("journald", "none"), options: record }),
    ),
    fc.subarray([...switches]).map((some) => together(some.map(({ on }) => on))),
  )
  .map((parts) => Object.assign({}, ...parts) as ServiceSpec);
