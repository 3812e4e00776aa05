import { type Level, levelAt, type Sample, type Watched } from "./sample";

const words: Readonly<Record<Level, string>> = {
  all: "runs",
  some: "runs with less than it should",
  none: "is away",
  unknown: "is not known",
};

/** What changed from one look to the next one, in sentences. Pure. */
export function changesBetween(
  before: Sample | undefined,
  now: Sample,
  { servers, services }: Watched,
): readonly string[] {
  if (before === undefined) return [];
  const states = (sample: Sample): readonly (readonly [string, string])[] => [
    ...servers.map(({ name }) => [name, serverWords(sample.servers[name])] as const),
    ...services.map((service) => [service.name, words[levelAt(sample, service)]] as const),
  ];
  const earlier = new Map(states(before));
  return states(now).flatMap(([name, state]) => {
    const last = earlier.get(name);
    // The first answer of the Swarm is no change.
    const isFirst = last === words.unknown && state === words.all;
    return last === state || isFirst ? [] : [`${name} ${state}`];
  });
}

function serverWords(answers: boolean | undefined): string {
  if (answers === undefined) return words.unknown;
  return answers ? "answers" : "is down";
}
