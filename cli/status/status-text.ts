import { tableLines } from "../table";
import type { Paint, Style } from "../terminal";
import { ageText, shortImage, timeText } from "./image-text";
import type { HostStatus, JobStatus, ServiceStatus, StatusReport } from "./report";

/**
 * A stage's status on one screen.
 *
 * @param now milliseconds since 1970
 */
export function statusText(report: StatusReport, paint: Paint, now: number): string {
  const parts = [
    [paint("bold", `${report.site}, stage ${report.stage}`)],
    hostLines(report.hosts, paint),
    serviceLines(report, paint, now),
    jobLines(report.services, paint),
    stepLines(report.services, paint),
    volumeLines(report, paint),
    pageLines(report.services),
    certificateLines(report),
    imageLines(report),
    noticeLines(report.notices, paint),
    problemLines(report.problems, paint),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function hostLines(hosts: readonly HostStatus[], paint: Paint): readonly string[] {
  const rows = hosts.map((host) => [
    host.name,
    host.privateAddress,
    host.zone,
    host.power ?? (host.reachable ? "answers" : "no answer"),
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

function serviceLines(report: StatusReport, paint: Paint, now: number): readonly string[] {
  if (!report.cluster.answers)
    return [paint("dim", "services unknown: no manager of the Swarm answers")];
  const services = report.services.filter(({ job }) => job === undefined);
  if (report.services.length === 0) return [paint("dim", "no services")];
  if (services.length === 0) return [];
  return table(
    paint,
    ["service", "mode", "running", "on", "image", "built"],
    services.map((service) => ({
      cells: [
        service.name,
        service.mode,
        `${service.running} of ${service.wanted}${service.older === 0 ? "" : `, ${service.older} older`}`,
        service.hosts.join(" "),
        shortImage(service.image),
        [ageText(service.builtAt, now), changeText(service)]
          .filter((word) => word !== "")
          .join("  "),
      ],
      style:
        service.running + service.older < service.wanted
          ? "red"
          : isChanging(service) || service.older > 0
            ? "yellow"
            : undefined,
    })),
  );
}

function isChanging(service: ServiceStatus): boolean {
  return service.update !== undefined || service.deployedImage !== undefined;
}

/** The state of a service's roll-out, in two words. */
function changeText({ update, deployedImage }: ServiceStatus): string {
  switch (update?.state) {
    case "updating":
      return "rolling out";
    case "rollback_started":
      return "rolling back";
    case "rollback_completed":
      return "rolled back";
    case "paused":
    case "rollback_paused":
      return "paused";
    case undefined:
    default:
      return deployedImage === undefined ? "" : "not what was deployed";
  }
}

function jobLines(services: readonly ServiceStatus[], paint: Paint): readonly string[] {
  const rows = services.flatMap(({ name, job, hosts, image, error }) =>
    job === undefined
      ? []
      : [
          {
            cells: [
              name,
              job.schedule ?? "once a change",
              resultText(job, hosts),
              timeText(job.lastRun),
              timeText(job.nextRun),
              shortImage(image),
              error?.split("\n")[0] ?? "",
            ],
            style: job.state === "failed" ? ("red" as const) : undefined,
          },
        ],
  );
  return table(
    paint,
    ["job", "schedule (UTC)", "result", "last run", "next run", "image", ""],
    rows,
  );
}

/** The state of a job's last run in a few words, with the tries that failed. */
function resultText(job: JobStatus, hosts: readonly string[]): string {
  const { failed = 0, allowed = 0 } = job.failedTries ?? {};
  const tries = `failed ${failed} of ${allowed} tries`;
  switch (job.state) {
    case "running": {
      const doing = hosts.length === 0 ? "starts" : `runs on ${hosts.join(" ")}`;
      return failed === 0 ? doing : `${doing}, ${tries}`;
    }
    case "failed":
      return failed > 1 ? tries : "failed";
    case "complete":
      return failed === 0 ? "complete" : `complete, ${tries}`;
    case "changed":
      return "changed since";
    case "never run":
      return "never run";
  }
}

function stepLines(services: readonly ServiceStatus[], paint: Paint): readonly string[] {
  const rows = services.flatMap(({ name, initialization }) =>
    initialization.map(({ step, result, at, detail }) => ({
      cells: [
        name,
        step,
        result === "found" ? "already done" : result,
        timeText(at),
        detail?.split("\n")[0] ?? "",
      ],
      style: result === "failed" || result === "missing" ? ("red" as const) : undefined,
    })),
  );
  return table(paint, ["initialization", "step", "result", "at", ""], rows);
}

function volumeLines({ volumes }: StatusReport, paint: Paint): readonly string[] {
  return table(
    paint,
    ["replicated volume", "in use on", "by"],
    volumes.map(({ name, hosts, heldOn, services }) => ({
      cells: [name, placesText(hosts, heldOn), services.join(" ")],
      style: undefined,
    })),
  );
}

/** Where a volume is in use. */
function placesText(hosts: readonly string[], heldOn: string | undefined): string {
  if (hosts.length > 0) return hosts.join(" ");
  return heldOn === undefined ? "no server" : `held on ${heldOn}`;
}

function pageLines(services: readonly ServiceStatus[]): readonly string[] {
  return services.flatMap((service) => {
    const answering = addressTexts(service);
    return answering.length === 0 ? [] : [`${service.name}: ${answering.join("  ")}`];
  });
}

/**
 * The addresses of a service: its routes at the gate, then its ports that answer, or cannot be
 * asked, with a note on those that move.
 */
export function addressTexts({
  addresses,
  routes = [],
}: Pick<ServiceStatus, "addresses" | "routes">): readonly string[] {
  const ports = addresses
    .filter(({ answers }) => answers !== false)
    .map(({ url, moves }) => (moves ? `${url} (moves with its task)` : url));
  return [...routes, ...ports];
}

function certificateLines({ certificates }: StatusReport): readonly string[] {
  return certificates.map(({ name, end, daysLeft }) =>
    daysLeft < 0
      ? `certificate of ${name}: expired on ${end.slice(0, 10)}`
      : `certificate of ${name}: until ${end.slice(0, 10)}, ${daysLeft} days`,
  );
}

/** The ages of images on one line, the oldest base image first. */
function imageLines({ imageAges }: StatusReport): readonly string[] {
  if (imageAges.length === 0) return [];
  const days = (count: number): string => (count === 1 ? "1 day" : `${count} days`);
  const kinds = ["base", "platform"] as const;
  const oldestFirst = kinds.flatMap((kind) =>
    imageAges.filter((each) => each.kind === kind).sort((one, other) => other.days - one.days),
  );
  const updated = imageAges
    .flatMap((each) => each.updated ?? [])
    .sort()
    .at(-1);
  const list = oldestFirst.map((each) => `${each.name} ${days(each.days)}`).join(", ");
  return [
    `age of images: ${list}; ${updated === undefined ? "never updated" : `last update ${updated.slice(0, 10)}`}`,
  ];
}

/** A table with a dim head; none without rows. A row's style is that of its whole line. */
function table(
  paint: Paint,
  head: readonly string[],
  rows: readonly { readonly cells: readonly string[]; readonly style: Style | undefined }[],
): readonly string[] {
  if (rows.length === 0) return [];
  const [first, ...lines] = tableLines([head, ...rows.map(({ cells }) => cells)]);
  return [
    paint("dim", first ?? ""),
    ...lines.map((line, index) => {
      const style = rows[index]?.style;
      return style === undefined ? line : paint(style, line);
    }),
  ];
}

function noticeLines(notices: readonly string[], paint: Paint): readonly string[] {
  if (notices.length === 0) return [];
  return [
    paint("yellow", "Notes:"),
    ...notices.map((notice) => `  - ${notice.replaceAll("\n", "\n    ")}`),
  ];
}

/** The problems as a list; one line when there are none. */
export function problemLines(problems: readonly string[], paint: Paint): readonly string[] {
  if (problems.length === 0) return [paint("green", "All is well.")];
  return [
    paint("red", "What is wrong:"),
    ...problems.map((problem) => `  - ${problem.replaceAll("\n", "\n    ")}`),
  ];
}
