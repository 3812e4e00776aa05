import { X509Certificate } from "node:crypto";
import type {
  Account,
  CertificateFacts,
  ContainerFacts,
  FileFacts,
  NetworkFacts,
  ServerProbe,
} from "./facts";
import { siteLabel } from "../../model/swarm/labels";
import { mark } from "./server-script";

/** Parts that every server has; one that is absent or failed was not checked. */
const names = [
  "listening",
  "sshd",
  "sshd-root",
  "sshd-matches",
  "keys",
  "accounts",
  "groups",
  "sudo-rules",
  "authority",
  "registry-certificate",
  "store",
  "containers",
  "rights",
  "images",
  "networks",
  "swarm",
  "files",
  "updates",
  "lists",
  "reboot",
  "firewall-unit",
  "firewall",
] as const;

type Part = (typeof names)[number];

/** Reads what {@link serverScript} printed. Never throws: what cannot be read has failed. */
export function readServer(stdout: string): ServerProbe {
  const failed = new Set<Part>(names.filter((name) => !hasEnded(stdout, name)));
  const lines = (name: Part): readonly string[] => linesOf(stdout, name);
  const rows = (name: Part): readonly (readonly string[])[] =>
    lines(name).map((line) => line.split("\t"));
  const read = <T>(name: Part, reader: () => T, otherwise: T): T => {
    try {
      return reader();
    } catch {
      failed.add(name);
      return otherwise;
    }
  };
  const pairs = (name: Part): readonly { readonly file: string; readonly line: string }[] =>
    rows(name).map(([file = "", ...rest]) => ({ file, line: rest.join("\t") }));
  const noNewPrivileges = new Map(rows("rights").map(([id = "", value]) => [id, value === "1"]));
  const built = new Map(rows("images").map(([id = "", created = ""]) => [id, created]));
  const containers = read(
    "containers",
    () => lines("containers").map((line) => containerOf(line, noNewPrivileges, built)),
    [],
  );
  const certificate = read(
    "registry-certificate",
    () => certificatesIn(lines("registry-certificate"))[0],
    undefined,
  );
  const updated = read(
    "swarm",
    () => lines("swarm").map((line) => JSON.parse(line) as string)[0],
    undefined,
  );
  const fetched = lines("lists")[0];
  const parts = {
    listening: [...new Set(lines("listening").flatMap(outsidePort))].sort((a, b) => a - b),
    sshd: lines("sshd"),
    sshdForRoot: lines("sshd-root"),
    sshdMatches: lines("sshd-matches"),
    keys: pairs("keys"),
    accounts: rows("accounts").map(accountOf),
    groups: rows("groups").map(([group = "", member = ""]) => ({ group, member })),
    sudoRules: pairs("sudo-rules"),
    authorities: read("authority", () => certificatesIn(lines("authority")), []),
    ...(certificate === undefined ? {} : { registryCertificate: certificate }),
    storeFiles: lines("store"),
    containers,
    networks: read("networks", () => lines("networks").map(networkOf), []),
    ...(updated === undefined ? {} : { swarmUpdatedAt: updated }),
    files: rows("files").map(fileOf),
    updates: lines("updates").map((line) => ({
      name: line.split(" ")[1] ?? "",
      security: /-security/i.test(line),
    })),
    ...(fetched === undefined ? {} : { listsFetchedAt: Number.parseFloat(fetched) }),
    rebootWaits: lines("reboot").includes("reboot"),
    firewallUnit: lines("firewall-unit")[0] ?? "unknown",
    firewallLoaded: lines("firewall").includes("published"),
    firewallDrops: lines("firewall").includes("drops"),
  };
  return { failed: names.filter((name) => failed.has(name)), ...parts };
}

function hasEnded(stdout: string, name: string): boolean {
  return stdout.includes(`\n${mark} end ${name} 0\n`);
}

function linesOf(stdout: string, name: string): readonly string[] {
  const [, rest = ""] = stdout.split(`\n${mark} begin ${name}\n`);
  const [output = ""] = rest.split(`\n${mark} `);
  return output.split("\n").filter((line) => line.trim() !== "");
}

/** `0.0.0.0:80`, `[::]:22`, `*:2377`; the server's own addresses do not count. */
function outsidePort(address: string): readonly number[] {
  const at = address.lastIndexOf(":");
  const host = address.slice(0, at).replace(/%.*$/, "");
  if (host.startsWith("127.") || host === "[::1]" || host.startsWith("[::ffff:127.")) return [];
  const port = Number(address.slice(at + 1));
  return Number.isInteger(port) && port > 0 ? [port] : [];
}

function accountOf([name = "", id = "", shell = "", password = ""]: readonly string[]): Account {
  const state = password === "set" || password === "empty" ? password : "none";
  return { name, id: Number(id), shell, password: state };
}

function fileOf([mode = "", user = "", group = "", kind = "", ...path]: readonly string[]) {
  return {
    mode: Number.parseInt(mode, 8),
    user,
    group,
    kind,
    path: path.join("\t"),
  } satisfies FileFacts;
}

function certificatesIn(lines: readonly string[]): readonly CertificateFacts[] {
  const pattern = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
  return [...lines.join("\n").matchAll(pattern)].map(([pem]) => {
    const { subject, validTo } = new X509Certificate(pem);
    return { subject: subject.replaceAll("\n", ", "), end: new Date(validTo).toISOString() };
  });
}

/** The fields of `docker inspect` that `server-script.ts` asks for. */
interface Inspected {
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  readonly process: number;
  readonly task: string | null;
  readonly service: string | null;
  readonly privileged: boolean;
  readonly pid: string;
  readonly network: string;
  readonly ipc: string;
  readonly uts: string;
  readonly capabilities: readonly string[] | null;
  readonly mounts:
    | readonly {
        readonly Type: string;
        readonly Source: string;
        readonly Destination: string;
        readonly RW: boolean;
      }[]
    | null;
  readonly ports: Readonly<Record<string, readonly { readonly HostPort: string }[] | null>> | null;
}

function containerOf(
  line: string,
  noNewPrivileges: ReadonlyMap<string, boolean>,
  built: ReadonlyMap<string, string>,
): ContainerFacts {
  const there = JSON.parse(line) as Inspected;
  const created = built.get(there.imageId);
  const protectedNow = noNewPrivileges.get(String(there.process));
  const { task, service } = there;
  return {
    name: there.name.replace(/^\//, ""),
    image: there.image,
    ...(created === undefined ? {} : { built: created }),
    ...(task === null || task === "" ? {} : { task }),
    ...(service === null || service === "" ? {} : { service }),
    privileged: there.privileged,
    hostNamespaces: (["pid", "network", "ipc", "uts"] as const).filter(
      (name) => there[name] === "host",
    ),
    capabilities: (there.capabilities ?? []).map((name) => name.replace(/^CAP_/, "")),
    binds: (there.mounts ?? [])
      .filter(({ Type: type }) => type === "bind")
      .map((mount) => ({
        source: mount.Source,
        target: mount.Destination,
        readOnly: !mount.RW,
      })),
    ports: Object.entries(there.ports ?? {}).flatMap(([target, bindings]) =>
      target.endsWith("/tcp")
        ? (bindings ?? []).map(({ HostPort: port }) => Number(port)).filter((port) => port > 0)
        : [],
    ),
    ...(protectedNow === undefined ? {} : { noNewPrivileges: protectedNow }),
  };
}

function networkOf(line: string): NetworkFacts {
  const there = JSON.parse(line) as {
    readonly name: string;
    readonly driver: string;
    readonly options: Readonly<Record<string, string>> | null;
    readonly labels: Readonly<Record<string, string>> | null;
    readonly ingress: boolean;
  };
  const site = there.labels?.[siteLabel];
  const { encrypted } = there.options ?? {};
  return {
    name: there.name,
    driver: there.driver,
    encrypted: encrypted !== undefined && encrypted !== "false",
    ...(site === undefined ? {} : { site }),
    ingress: there.ingress,
  };
}
