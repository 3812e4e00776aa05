import { tableLines } from "../table";
import type { Paint } from "../terminal";
import type { HostStatus, ServiceStatus, StatusReport } from "./report";

/** A stage's status on one screen. */
export function statusText(report: StatusReport, paint: Paint): string {
  return [
    paint("bold", `${report.site}, stage ${report.stage}`),
    "",
    ...hostLines(report.hosts, paint),
    "",
    ...serviceLines(report, paint),
    "",
    ...problemLines(report.problems, paint),
  ].join("\n");
}

function hostLines(hosts: readonly HostStatus[], paint: Paint): readonly string[] {
  const rows = hosts.map((host) => [
    host.name,
    host.privateAddress,
    host.zone,
    host.reachable ? "answers" : "no answer",
    host.system ?? "-",
    host.engine === undefined ? "-" : `Docker ${host.engine}`,
    swarmText(host),
  ]);
  const [head, ...lines] = tableLines([
    ["server", "address", "zone", "ssh", "system", "engine", "swarm"],
    ...rows,
  ]);
  return [paint("dim", head ?? ""), ...lines];
}

function swarmText(host: HostStatus): string {
  if (host.role === "repository") return "not a member (repository server)";
  const { swarm } = host;
  if (swarm === undefined) return "-";
  const words = [swarm.leader ? "leader" : swarm.manager ? "manager" : "worker"];
  if (swarm.state !== "ready") words.push(swarm.state);
  if (swarm.availability !== "active") words.push(swarm.availability);
  return words.join(", ");
}

function serviceLines(report: StatusReport, paint: Paint): readonly string[] {
  if (!report.cluster.answers)
    return [paint("dim", "services unknown: no manager of the Swarm answers")];
  if (report.services.length === 0) return [paint("dim", "no services")];
  const rows = report.services.map((service) => [
    service.name,
    service.mode,
    `${service.running} of ${service.wanted}`,
    service.hosts.join(" "),
    shortImage(service),
  ]);
  const [head, ...lines] = tableLines([["service", "mode", "running", "on", "image"], ...rows]);
  const pages = report.services.flatMap((service) =>
    service.endpoints.length === 0 ? [] : [`${service.name}: ${service.endpoints.join("  ")}`],
  );
  return [paint("dim", head ?? ""), ...lines, ...(pages.length === 0 ? [] : ["", ...pages])];
}

/** `registry.…/hello@sha256:1a2b3c4d5e6f`: a digest's first 12 digits tell it apart. */
function shortImage({ image }: ServiceStatus): string {
  return image.replace(/(@sha256:[0-9a-f]{12})[0-9a-f]+$/, "$1");
}

function problemLines(problems: readonly string[], paint: Paint): readonly string[] {
  if (problems.length === 0) return [paint("green", "All is well.")];
  return [
    paint("red", "What is wrong:"),
    ...problems.map((problem) => `  - ${problem.replaceAll("\n", "\n    ")}`),
  ];
}
