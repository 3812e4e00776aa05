import { type Level, levelAt, runningOn, type Sample, type Watched } from "./sample";

/** A length of time in which a service or a server did not change. */
export interface Span {
  /** Seconds after the start of the scenario. */
  readonly from: number;
  readonly to: number;
  readonly level: Level;
  /** Short names of the servers with tasks of the service at its end. A server has none. */
  readonly on: readonly string[];
}

/** All spans of a service or a server, without gaps. */
export interface Lane {
  readonly name: string;
  readonly spans: readonly Span[];
}

/** What was seen, over time. */
export interface Timeline {
  /** Length, seconds. */
  readonly seconds: number;
  readonly services: readonly Lane[];
  readonly servers: readonly Lane[];
}

/**
 * The timeline of a scenario. Each sample holds until the next one; the last one until the end.
 * Pure.
 *
 * @param end - of the scenario, seconds after its start
 */
export function timelineOf(samples: readonly Sample[], watched: Watched, end: number): Timeline {
  const lane = (
    name: string,
    level: (sample: Sample) => Level,
    on: (sample: Sample) => readonly string[],
  ): Lane => ({
    name,
    spans: spansOf(
      samples.map((sample, index) => ({
        from: sample.at,
        to: Math.max(sample.at, samples[index + 1]?.at ?? end),
        level: level(sample),
        on: on(sample),
      })),
    ),
  });
  // A job has no tasks between its runs, and is not down then.
  const isJob = (name: string): boolean => {
    const wanted = samples.flatMap(({ swarm }) => swarm?.services[name]?.wanted ?? []);
    return wanted.length > 0 && wanted.every((count) => count === 0);
  };
  return {
    seconds: end,
    services: watched.services
      .filter(({ name, addresses, moving }) => addresses.length + moving.length > 0 || !isJob(name))
      .map((service) =>
        lane(
          service.name,
          (sample) => levelAt(sample, service),
          (sample) => runningOn(sample, service.name),
        ),
      ),
    servers: watched.servers.map(({ name }) =>
      lane(
        name,
        ({ servers }) => (servers[name] === undefined ? "unknown" : servers[name] ? "all" : "none"),
        () => [],
      ),
    ),
  };
}

/** Joins what follows each other and is the same. What has no length would cut others in two. */
function spansOf(spans: readonly Span[]): readonly Span[] {
  const joined: Span[] = [];
  for (const span of spans.filter(({ from, to }) => to > from)) {
    const last = joined.at(-1);
    if (last?.level === span.level) joined[joined.length - 1] = { ...span, from: last.from };
    else joined.push(span);
  }
  return joined;
}
