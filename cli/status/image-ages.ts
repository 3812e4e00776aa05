import { gateName } from "../../model/gate";
import { ageInDays, oldImageDays } from "../../model/image/age";
import { runChecked } from "../../providers/transport/command";
import type { HostAccess } from "../../providers/transport/host-access";
import { commandLine } from "../../render/shell";
import type { OwnImage } from "../update/own-images";
import type { ImageAge, ServiceStatus } from "./report";

/** When images of a server were built, by id. Images that it does not have are left out. */
export async function askImageTimes(
  access: HostAccess,
  ids: readonly string[],
  deadlineSeconds: number,
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  // It fails when one is missing, and prints the others.
  const command = `${commandLine("docker", "image", "inspect", "--format", "{{.Id}} {{.Created}}", ...ids)} 2> /dev/null || true`;
  const { stdout } = await runChecked(access, command, {
    deadlineSeconds,
    dialSeconds: deadlineSeconds - 1,
  });
  return new Map(
    stdout.split("\n").flatMap((line) => {
      const [id = "", built = ""] = line.trim().split(" ");
      return built === "" ? [] : [[id, built] as const];
    }),
  );
}

/** Facts for {@link imageAges}. */
export interface AgeFacts {
  readonly images: readonly OwnImage[];
  /** Of the repository server, by id. */
  readonly built: ReadonlyMap<string, string>;
  readonly services: readonly Pick<ServiceStatus, "name" | "builtAt">[];
  /** When the image of servers that are containers was built. */
  readonly serverImage: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * The ages of base images and of hive's own images, as far as they are known. A base image is as
 * old as its last update: then nobody had a newer one, and packages were renewed in what is built
 * from it.
 */
export function imageAges(facts: AgeFacts): readonly ImageAge[] {
  const { images, built, services, serverImage, now } = facts;
  const gate = services.find(({ name }) => name === gateName)?.builtAt;
  const all = [
    ...images.map(({ name, kind, id, updated }) => ({
      name,
      kind,
      built: built.get(id),
      updated: kind === "base" ? updated : undefined,
    })),
    { name: gateName, kind: "platform" as const, built: gate, updated: undefined },
    { name: "servers", kind: "platform" as const, built: serverImage, updated: undefined },
  ];
  return all.flatMap(({ name, kind, built: time, updated }) => {
    const ages = [ageInDays(time, now), ageInDays(updated, now)].filter((age) => age !== undefined);
    if (ages.length === 0) return [];
    return [
      {
        name,
        kind,
        days: Math.min(...ages),
        ...(time === undefined ? {} : { built: time }),
        ...(updated === undefined ? {} : { updated }),
      },
    ];
  });
}

/** What to do about old images, in one sentence; none while all are young. */
export function oldImageNotices(ages: readonly ImageAge[], stage: string): readonly string[] {
  const old = ages.filter(({ days }) => days >= oldImageDays);
  if (old.length === 0) return [];
  const names = old.map(({ name, days }) => `${name} (${days} days)`).join(", ");
  return [
    `Images are old, and lack the security updates since they were built: ${names}. \`npx hive update --stack ${stage}\` renews them.`,
  ];
}
