import type { Scenario } from "./schema";
import type { Bound, Watched } from "./sample";
import { secondsOr } from "../../model/values/duration";
import type { Lane, Span, Timeline } from "./timeline";

/** A step that was done, or failed. */
export interface StepDone {
  /** What it did, in words. */
  readonly text: string;
  /** Seconds after the start. */
  readonly from: number;
  readonly to: number;
  /** Why it failed. Absent: it did not. */
  readonly failure?: string;
}

/** A time in which a service did not answer, or ran nowhere. */
export interface Outage {
  /** Seconds after the start. */
  readonly from: number;
  readonly to: number;
  /** Whether it ended while somebody watched. */
  readonly ended: boolean;
  /** Short names of the servers that ran it after its end. */
  readonly backOn: readonly string[];
  /** The server whose loss it had to wait out. Absent: it was not waiting for its data. */
  readonly waitedFor?: Bound;
}

/** What became of a service. */
export interface ServiceReport {
  readonly name: string;
  /** Part of the time in which it was not away, percent. Absent: nothing was known of it. */
  readonly availablePercent?: number;
  readonly outages: readonly Outage[];
  /** Seconds of the longest outage. */
  readonly longestSeconds: number;
  /** Seconds with fewer tasks or addresses than it should have. */
  readonly reducedSeconds: number;
}

/** What became of a server. */
export interface ServerReport {
  readonly name: string;
  readonly zone: string;
  /** Times in which it did not answer. */
  readonly downs: readonly Pick<Outage, "from" | "to" | "ended">[];
}

/** A service that could not run elsewhere while a server was down. */
export interface Lost extends Bound {
  readonly service: string;
  /** Seconds that it was away for, in all. */
  readonly seconds: number;
  /** Whether it ran again at the end. */
  readonly isBack: boolean;
}

/** The result of a scenario. */
export interface ScenarioReport {
  readonly scenario: string;
  readonly description: string;
  readonly stage: string;
  readonly site: string;
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  readonly steps: readonly StepDone[];
  readonly services: readonly ServiceReport[];
  readonly servers: readonly ServerReport[];
  /** What had its data on one server, and was lost with it. */
  readonly lost: readonly Lost[];
  /** What does not hold that the scenario expects, in words. Empty: all holds. */
  readonly problems: readonly string[];
  readonly timeline: Timeline;
}

/** What a report is made of. */
export interface Facts {
  readonly scenario: Scenario;
  readonly stage: string;
  readonly site: string;
  readonly startedAt: string;
  readonly steps: readonly StepDone[];
  readonly watched: Watched;
  readonly timeline: Timeline;
}

/** Judges what was seen. Pure. */
export function reportOf(facts: Facts): ScenarioReport {
  const { scenario, watched, timeline, steps, stage, site, startedAt } = facts;
  const services = timeline.services.map((lane) => serviceReport(lane, watched, timeline));
  const lost = services.flatMap(({ name, outages }): readonly Lost[] => {
    const waiting = outages.filter(({ waitedFor }) => waitedFor !== undefined);
    const [bound] = waiting.map(({ waitedFor }) => waitedFor);
    if (bound === undefined) return [];
    const seconds = waiting.reduce((sum, { from, to }) => sum + to - from, 0);
    return [{ service: name, ...bound, seconds, isBack: waiting.every(({ ended }) => ended) }];
  });
  return {
    ...{ scenario: scenario.name, description: scenario.description, stage, site, startedAt },
    steps,
    services,
    servers: watched.servers.map(({ name, zone }) => ({
      name,
      zone,
      downs: spansWith(timeline.servers, name, "none").map(({ from, to }) => ({
        ...{ from, to, ended: to < timeline.seconds },
      })),
    })),
    lost,
    problems: problemsOf(scenario, steps, services, lost),
    timeline,
  };
}

/** A sentence for each service that was lost with its data. */
export function lostText({ service, volumes, server, with: other, seconds, isBack }: Lost): string {
  const data = volumes.length === 1 ? `volume ${volumes[0]} is` : `volumes ${list(volumes)} are`;
  const whose = other === undefined ? "its" : `it runs with ${other}, whose`;
  const end = isBack
    ? `It was away for ${round(seconds)} s, until ${server} was back`
    : "It is still away";
  return `${service} could not run on another server: ${whose} local ${data} on ${server} alone. ${end}.`;
}

function serviceReport({ name, spans }: Lane, watched: Watched, timeline: Timeline): ServiceReport {
  const bound = watched.services.find((service) => service.name === name)?.bound;
  const downs = bound === undefined ? [] : spansWith(timeline.servers, bound.server, "none");
  const outages = spans.flatMap((span, index): readonly Outage[] => {
    if (span.level !== "none") return [];
    const isWaiting = downs.some(({ from, to }) => from < span.to && span.from < to);
    // That nothing is known of it is no return.
    const back = spans.slice(index + 1).find(({ level }) => level === "all" || level === "some");
    return [
      {
        ...{ from: span.from, to: span.to, ended: back !== undefined },
        backOn: back?.on ?? [],
        ...(bound !== undefined && isWaiting ? { waitedFor: bound } : {}),
      },
    ];
  });
  const lengths = outages.map(({ from, to }) => to - from);
  const watchedSeconds = secondsOf(spans.filter(({ level }) => level !== "unknown"));
  const away = lengths.reduce((sum, length) => sum + length, 0);
  return {
    name,
    ...(watchedSeconds === 0 ? {} : { availablePercent: 100 * (1 - away / watchedSeconds) }),
    outages,
    longestSeconds: Math.max(0, ...lengths),
    reducedSeconds: secondsOf(spans.filter(({ level }) => level === "some")),
  };
}

function problemsOf(
  { expect }: Scenario,
  steps: readonly StepDone[],
  services: readonly ServiceReport[],
  lost: readonly Lost[],
): readonly string[] {
  const most = secondsOr(expect.maximumOutage, Infinity);
  return [
    ...steps.flatMap(({ text, failure }) => (failure === undefined ? [] : [`${text}: ${failure}`])),
    ...lost.filter(({ service }) => !expect.lost.includes(service)).map(lostText),
    ...services.flatMap(({ name, outages }) => {
      // What waited for its data is told above.
      const own = outages.filter(({ waitedFor }) => waitedFor === undefined);
      const longest = Math.max(0, ...own.map(({ from, to }) => to - from));
      if (longest <= most) return [];
      return [`${name} was away for ${round(longest)} s; at most ${most} s are expected.`];
    }),
  ];
}

/** The spans of a lane with a level. */
function spansWith(lanes: readonly Lane[], name: string, level: Span["level"]): readonly Span[] {
  const lane = lanes.find((candidate) => candidate.name === name);
  return (lane?.spans ?? []).filter((span) => span.level === level);
}

function secondsOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0);
}

function list(names: readonly string[]): string {
  return names.join(", ");
}

function round(seconds: number): number {
  return Math.round(seconds);
}
