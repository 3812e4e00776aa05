import { expandedText, templateFault, type TemplateFault } from "../service/go-template";
import {
  isKnownWhenPlanned,
  meetsConstraints,
  plannedNode,
} from "../service/placement-constraints";
import type { HostPlan } from "../plan";
import { type Problem, printableValue } from "../problem/problems";
import { servicePath, sitePath } from "../schema/check-site";
import { forEachService, type PlannedService, type Rule, type RuleInput } from "./rule";

/**
 * The longest host name that Linux accepts (`uname(2)`, `__NEW_UTS_LEN`); Docker Engine does not
 * check it before runc fails.
 */
const longestHostName = 64;

/**
 * Templates in a service's texts, which the Swarm expands (swarmkit, `ExpandContainerSpec`), are
 * right.
 */
export const templateProblems = forEachService(({ name, service }): readonly Problem[] => [
  // Their values are not printed: they may contain a password.
  ...Object.entries(service.environment ?? {}).flatMap(([key, text]) =>
    faultAt(servicePath(name, ["environment", key]), text),
  ),
  ...(service.volumes ?? []).flatMap((mount, index) => [
    ...faultAt(servicePath(name, ["volumes", index, "source"]), mount.source, mount.source),
    ...faultAt(servicePath(name, ["volumes", index, "target"]), mount.target, mount.target),
  ]),
  ...(service.tmpfs ?? []).flatMap((tmpfs, index) =>
    faultAt(servicePath(name, ["tmpfs", index, "target"]), tmpfs.target, tmpfs.target),
  ),
  ...faultAt(servicePath(name, ["hostname"]), service.hostname ?? "", service.hostname),
]);

/**
 * Templates in options of volumes are right: the Swarm expands them for each task that mounts the
 * volume; path and options of a share are included (`planVolume`).
 */
export const volumeTemplateProblems: Rule = ({ site }) =>
  [...site.volumes].flatMap(([name, volume]) => {
    const place = (...path: readonly string[]): string => sitePath(["volumes", name, ...path]);
    if ("nfs" in volume) {
      const { path, options = "" } = volume.nfs;
      return [
        ...faultAt(place("nfs", "path"), path, path),
        ...faultAt(place("nfs", "options"), options),
      ];
    }
    return "driver" in volume
      ? Object.entries(volume.driver.options ?? {}).flatMap(([option, text]) =>
          faultAt(place("driver", "options", option), text),
        )
      : [];
  });

/**
 * Templates in contents of configs are right: the Swarm would accept any template, and refuse each
 * task.
 */
export const configTemplateProblems: Rule = ({ site, services, read }) => {
  const used = new Set(services.flatMap(({ plan }) => plan.configs.map(({ name }) => name)));
  return [...site.configs].flatMap(([name, config]) => {
    if ("external" in config || config.template !== true || !used.has(name)) return [];
    const [key, text] =
      "file" in config
        ? ["file", read(config.file)?.toString("utf8")]
        : ["content", config.content];
    const fault = text === undefined ? undefined : templateFault(text, "config");
    return fault === undefined ? [] : [problem(sitePath(["configs", name, key ?? ""]), fault)];
  });
};

/**
 * A host name is valid in Linux, and is not the name of a server or another service. A template is
 * checked with its result on each server, if that is known.
 */
export const hostnameProblems = forEachService((planned, input): readonly Problem[] => {
  const { name, service } = planned;
  const { hostname } = service;
  const { hosts } = input;
  if (hostname === undefined) return [];
  const found =
    possibleNames(planned, hostname, hosts)
      .map((text) => hostnameFault(text, text === hostname ? "" : `becomes ${text}, which `))
      .find((fault) => fault !== undefined) ??
    otherServerFault(planned, hostname, hosts) ??
    hiddenServiceFault(planned, hostname, input);
  if (found === undefined) return [];
  return [problem(servicePath(name, ["hostname"]), found, hostname)];
});

function hostnameFault(text: string, begin: string): TemplateFault | undefined {
  const size = new TextEncoder().encode(text).length;
  if (size > longestHostName) {
    return {
      message: `${begin}has ${size} letters; Linux takes ${longestHostName}`,
      remedy: "write a shorter one",
    };
  }
  if (text === "" || /[\s/\0]/.test(text)) {
    return {
      message: `${begin}is not a host name`,
      remedy: "write letters, digits and hyphens, e.g. web-{{.Task.Slot}}",
    };
  }
  if (text.toLowerCase() !== "localhost") return undefined;
  return {
    message: `${begin}is in every container's /etc/hosts for the container itself`,
    remedy: "choose another name, or leave it out",
  };
}

/**
 * The literal name of one server in a task that another server may run: that task would take itself
 * for the server.
 */
function otherServerFault(
  { plan }: PlannedService,
  hostname: string,
  hosts: readonly HostPlan[],
): TemplateFault | undefined {
  if (!hosts.some((host) => host.name === hostname)) return undefined;
  const known = plan.placement.constraints.filter((text) => isKnownWhenPlanned(text, hosts));
  const others = hosts.filter(
    (host) =>
      host.role === "cluster" &&
      host.name !== hostname &&
      meetsConstraints(plannedNode(host), known),
  );
  if (others.length === 0) return undefined;
  return {
    message: `is the name of a server, but ${others.map((host) => host.name).join(", ")} may run a task too: there the name would lead to the task itself`,
    remedy: 'write "{{.Node.Hostname}}" for the name of the server that runs the task',
  };
}

/**
 * The name of another service that tasks would no longer find: the Docker Engine writes a task's
 * host name into its `/etc/hosts`, with the task's own address, and for a name with dots the first
 * part too (moby, `libnetwork`, `updateHostsFile`).
 */
function hiddenServiceFault(
  planned: PlannedService,
  hostname: string,
  { hosts, services }: RuleInput,
): TemplateFault | undefined {
  const { name, plan } = planned;
  const local = new Set(
    possibleNames(planned, hostname, hosts)
      .map((text) => text.toLowerCase())
      .flatMap((text) => [text, text.split(".")[0] ?? text]),
  );
  for (const { network, aliases: own } of plan.networks) {
    for (const other of services) {
      const attachment = other.plan.networks.find((each) => each.network === network);
      if (other.name === name || attachment === undefined) continue;
      // A name that both have leads to either of them anyway.
      const hidden = [other.name, ...attachment.aliases].find(
        (each) => local.has(each.toLowerCase()) && ![name, ...own].includes(each),
      );
      if (hidden === undefined) continue;
      return {
        message: `hides the service ${other.name}, which has the name ${hidden} on the network ${network}: in tasks of ${name} the name would lead to the task itself`,
        remedy: "choose another name, or leave it out",
      };
    }
  }
  return undefined;
}

/**
 * The possible results of a host name: one text for each server, with the longest number of a task;
 * none if only the Docker Engine knows.
 */
function possibleNames(
  { name, plan }: PlannedService,
  text: string,
  hosts: readonly HostPlan[],
): readonly string[] {
  if (!text.includes("{{")) return [text];
  // An id of the Swarm has 25 letters and digits.
  const id = "i".repeat(25);
  const slot = plan.mode.kind === "replicated" ? String(Math.max(1, plan.mode.replicas)) : id;
  const servers = hosts.filter(({ role }) => role === "cluster").map((host) => host.name);
  return (servers.length === 0 ? [undefined] : servers).flatMap((server) => {
    const values: Readonly<Record<string, string | undefined>> = {
      ".Service.Name": name,
      ".Service.ID": id,
      ".Node.ID": id,
      ".Node.Hostname": server,
      ".Node.Platform.OS": "linux",
      ".Task.ID": id,
      ".Task.Name": `${name}.${slot}.${id}`,
      ".Task.Slot": slot,
    };
    const expanded = expandedText(text, (path) => values[path]);
    return expanded === undefined ? [] : [expanded];
  });
}

function faultAt(path: string, text: string, shown?: string): readonly Problem[] {
  const fault = templateFault(text, "service");
  return fault === undefined ? [] : [problem(path, fault, shown)];
}

function problem(path: string, fault: TemplateFault, shown?: string): Problem {
  const value = printableValue(shown);
  return { path, ...(value === undefined ? {} : { value }), ...fault };
}
