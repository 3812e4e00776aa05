import { rootAccess } from "../../model/planning/root-access";
import { quote } from "../../render/shell";
import type { AuditFacts, ContainerFacts, PlannedRights, ServerFacts } from "./facts";
import type { Finding } from "./finding";
import { ofServers, type ServerFinding } from "./of-servers";

/** Containers that hive runs on the repository server, outside of the Swarm. */
const ownContainers = ["hive-registry", "hive-registry-collect"];

/** Rights of running containers, and containers that nobody declared. */
export function judgeContainers(facts: AuditFacts): readonly Finding[] {
  return ofServers(facts, ({ containers }, server, ssh) =>
    containers.flatMap((container) => {
      const origin = originOf(container, server, facts);
      return [
        ...byHand(container, origin, ssh),
        ...privileged(container),
        ...rights(container, origin, facts),
        ...newPrivileges(container, origin, server, facts, ssh),
      ].map((finding) => ({ remedy: stop(container, origin, facts.stage, ssh), ...finding }));
    }),
  );
}

/** Where a container comes from. While no manager answers, its label is believed. */
type Origin = "swarm" | "hive" | "hand";

function originOf(
  { name, task }: ContainerFacts,
  { role }: ServerFacts,
  { swarm }: AuditFacts,
): Origin {
  if (role === "repository" && ownContainers.includes(name)) return "hive";
  if (task === undefined) return "hand";
  // A label can be given by hand as well.
  return "value" in swarm && !swarm.value.taskIds.includes(task) ? "hand" : "swarm";
}

type WithoutRemedy = Omit<ServerFinding, "remedy"> & { readonly remedy?: string };

function byHand(
  { name, image, ports }: ContainerFacts,
  origin: Origin,
  ssh: string,
): readonly WithoutRemedy[] {
  if (origin !== "hand") return [];
  const published = ports.length === 0 ? "" : `, with the ports ${ports.join(", ")} of the server`;
  return [
    {
      id: "container-by-hand",
      severity: "medium",
      what: `The container ${name} (${image}) is neither of the Swarm nor of hive${published}.`,
      remedy: `\`${ssh} docker rm --force ${quote(name)}\`, or make it a service of the site.`,
    },
  ];
}

function stop({ name }: ContainerFacts, origin: Origin, stage: string, ssh: string): string {
  return origin === "hand"
    ? `\`${ssh} docker rm --force ${quote(name)}\`.`
    : `\`npx hive up --stack ${stage} --refresh\` makes it as it is planned.`;
}

function privileged({
  name,
  privileged: all,
  hostNamespaces,
}: ContainerFacts): readonly WithoutRemedy[] {
  const what = [
    ...(all ? ["is privileged"] : []),
    ...hostNamespaces.map((space) => `is in the server's namespace ${space}`),
  ];
  if (what.length === 0) return [];
  return [
    {
      id: "container-privileged",
      severity: "high",
      what: `The container ${name} ${what.join(" and ")}, so its programs can be root on the server.`,
    },
  ];
}

function rights(
  container: ContainerFacts,
  origin: Origin,
  { wanted: { plan } }: AuditFacts,
): readonly WithoutRemedy[] {
  const planned = plannedRights(container, origin, plan);
  if (planned === undefined) return [];
  const { name, binds, capabilities } = container;
  const more = capabilities.filter(
    (each) => !planned.capabilities.includes(each) && !planned.capabilities.includes("ALL"),
  );
  const mounted = planned.rootOnServers
    ? []
    : rootAccess(
        {
          mounts: binds.map((bind) => ({ kind: "bind", ...bind })),
          capabilities: { add: [], drop: [] },
          standalone: false,
        },
        [],
      );
  return [
    ...(more.length === 0
      ? []
      : [
          {
            id: "container-capabilities" as const,
            severity: "high" as const,
            what: `The container ${name} has capabilities that nothing declares: ${more.join(", ")}.`,
          },
        ]),
    ...mounted.map(({ text }) => ({
      id: "container-mount" as const,
      severity: "high" as const,
      what: `The container ${name} ${text} of the server, by which its programs can become root there.`,
    })),
  ];
}

/** What a container may have; undefined: that is not known. */
function plannedRights(
  { service = "" }: ContainerFacts,
  origin: Origin,
  plan: AuditFacts["wanted"]["plan"],
): PlannedRights | undefined {
  switch (origin) {
    case "hand":
      return { capabilities: [], rootOnServers: false };
    case "hive":
      // It mounts the folder of its own keys.
      return plan && { capabilities: plan.registryCapabilities, rootOnServers: true };
    case "swarm":
      // A service that the plan does not have was never allowed anything.
      return plan && (plan.services[service] ?? { capabilities: [], rootOnServers: false });
  }
}

function newPrivileges(
  { name, noNewPrivileges }: ContainerFacts,
  origin: Origin,
  { role }: ServerFacts,
  { wanted: { plan }, stage }: AuditFacts,
  ssh: string,
): readonly WithoutRemedy[] {
  if (noNewPrivileges !== false || plan === undefined) return [];
  if (role === "cluster" && plan.newPrivileges) return [];
  return [
    {
      id: "container-new-privileges",
      severity: "medium",
      what: `Programs of the container ${name} can gain rights (no-new-privileges is not set), and no service of the stage asks for that.`,
      remedy:
        origin === "hand"
          ? `\`${ssh} docker rm --force ${quote(name)}\`.`
          : `\`npx hive up --stack ${stage} --refresh\` writes the settings of the Docker Engine again; a container takes them up when it starts: \`npx hive deploy <service>\`.`,
    },
  ];
}
