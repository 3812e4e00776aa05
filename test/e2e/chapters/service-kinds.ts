import type { Extension } from "../extended-site";
import type { StageUnderTest } from "../stage-under-test";

/** Dockerfile of the image `probe`. */
export const image = `FROM debian:trixie-slim
# Ends at once when it is asked to.
ENTRYPOINT ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1 & wait; done"]
`;

/** The script of a step that loads initial data. */
export const script = "site/initial-data/book.sh";

/** A site with one service of each kind. What changes between two runs is an argument. */
export function extension(change: {
  readonly secretVersion?: number;
  readonly config?: string;
  readonly probe?: string;
  /** The service `probe` crashes, `after` is taken out, and `bystander` is changed. */
  readonly broken?: boolean;
}): Extension {
  const { secretVersion = 1, config = "first", probe = "probe", broken = false } = change;
  const crash = broken ? 'entrypoint: ["sh", "-c", "echo the probe is bent; exit 3"],' : "";
  const edition = broken ? 'environment: { EDITION: "2" },' : "";
  const after = `after: { image: { build: "probe" }, endpointMode: "dnsrr", dependsOn: ["ledger"], stopGracePeriod: "2s" },`;
  return {
    images: "{ probe: {} }",
    secrets: `{ token: { generate: { version: ${secretVersion} } } }`,
    configs: `{ greeting: { content: "${config}" } }`,
    networks: "{ back: {} }",
    volumes: '{ ledger: { replicated: { size: "64MiB" } } }',
    services: `{
    "${probe}": {
      image: { build: "probe" }, endpointMode: "dnsrr", networks: [{ name: "back", aliases: ["oracle"] }],
      secrets: ["token"], configs: [{ config: "greeting", target: "/etc/greeting" }], stopGracePeriod: "2s", ${crash}
    },
    bystander: { image: { build: "probe" }, endpointMode: "dnsrr", networks: ["back"], stopGracePeriod: "2s", ${edition} },
    ledger: {
      image: { build: "probe" }, endpointMode: "dnsrr", stopGracePeriod: "2s",
      volumes: [{ source: "ledger", target: "/ledger" }],
      initialize: [
        { name: "book", script: "${script}", interpreter: ["sh", "-eu", "-c"], secrets: ["token"] },
      ],
    },
    ${broken ? "" : after}
    once: {
      image: { build: "probe" }, networks: [], mode: { job: {} }, dependsOn: ["ledger"], placement: { with: "ledger" },
      volumes: [{ source: "ledger", target: "/ledger" }], entrypoint: ["sh", "-c", "cat /ledger/entries; echo the job has run"],
    },
    minutely: {
      image: { build: "probe" }, networks: [], mode: { job: { schedule: "* * * * *" } }, entrypoint: ["sh", "-c", "echo due"],
    },
  }`,
  };
}

/** Services of a stage, asked and written to. */
export class Services {
  constructor(private readonly site: StageUnderTest) {}

  readonly updatedAt = (name: string): string => this.site.inspectService(name, "{{.UpdatedAt}}");

  /** Runs a command in the only task of a service. */
  readonly exec = (service: string, ...command: string[]): string => {
    const index = this.site.hostOf(service);
    const filter = `label=com.docker.swarm.service.name=${service}`;
    const id = this.site.inside(index, "docker", "ps", "--quiet", "--filter", filter);
    return this.site.inside(index, "docker", "exec", id, ...command);
  };

  /** Names of what the Swarm has: of `service`, `network`, `secret` or `config`. */
  readonly names = (kind: string): readonly string[] =>
    this.site.inside(0, "docker", kind, "ls", "--format", "{{.Name}}").split("\n");

  /** When the Swarm recorded that the step of the initial data is done. */
  readonly recordedAt = (): string =>
    this.site.onHost(
      0,
      "docker config inspect --format '{{.CreatedAt}}' $(docker config ls --quiet --filter name=hive.init.ledger)",
    );

  /**
   * What the step of the initial data does: it keeps what it was given, and how it was run, and
   * books an entry.
   */
  readonly writeScript = (entry: string): void =>
    this.site.stage.write(
      script,
      `cat > /tmp/in\necho $- > /tmp/flags\necho ${entry} >> /ledger/entries\n`,
    );
}

/** The Swarm has nothing any more of a site with {@link extension}, nor of a crowd of services. */
export function noneLeft(names: Services["names"]): void {
  const list = (kind: string): string => names(kind).join("\n");
  expect(list("service")).not.toMatch(/probe|oracle|bystander|ledger|after|once|minutely|crowd/);
  expect(list("network")).not.toMatch(/^back$/m);
  expect(list("secret")).not.toMatch(/^token-/m);
  expect(list("config")).not.toMatch(/^greeting-|^hive\.init\.ledger/m);
}
