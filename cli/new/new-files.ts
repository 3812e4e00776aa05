import { image } from "./image-files";
import type { NewFile } from "./image-files";
import { entryCode, importLine, type SiteAddition } from "./site-source";

/** The parts of a site that `hive new` writes. */
export const newKinds = ["service", "job", "image", "secret"] as const;

/** A part of a site that `hive new` writes. */
export type NewKind = (typeof newKinds)[number];

/** What is asked for, and what the site leaves free for it. */
export interface NewRequest {
  readonly kind: NewKind;
  readonly name: string;
  /** Name of the constant that holds a service or job. */
  readonly constant: string;
  /** An image of the site that a service or job runs. Absent: one of its own is written. */
  readonly image?: string;
  /** Free port of the servers. */
  readonly port: number;
  /** A secret's value is set by the operator, once for each stage. */
  readonly fromStage: boolean;
}

/** A new part: files, and what `site/site.ts` needs. */
export interface NewPart {
  readonly files: readonly NewFile[];
  readonly addition: SiteAddition;
}

/** The port on which the written web server listens. */
const containerPort = 8080;

/** The files and entries of a new part. Pure. */
export function newPart(request: NewRequest): NewPart {
  const { kind, name, constant } = request;
  const imageEntry = { list: "images", name, value: "{}" } as const;
  switch (kind) {
    case "secret": {
      const value = request.fromStage ? "{ fromStage: true }" : "{ generate: {} }";
      return { files: [], addition: { entries: [{ list: "secrets", name, value }] } };
    }
    case "image":
      return { files: image.server(name), addition: { entries: [imageEntry] } };
    case "service":
    case "job": {
      const own = request.image === undefined;
      const text = kind === "job" ? jobText(request) : serviceText(request);
      const imageFiles = kind === "job" ? image.program(name) : image.server(name);
      return {
        files: [{ path: `site/services/${name}.ts`, text }, ...(own ? imageFiles : [])],
        addition: {
          entries: [...(own ? [imageEntry] : []), { list: "services", name, value: constant }],
          imported: { name: constant, from: `./services/${name}` },
        },
      };
    }
  }
}

/** The lines of an addition, each list with its name: for a person who adds them. */
export function additionText({ entries, imported }: SiteAddition): string {
  const lines = entries.map(
    (entry) => `in ${entry.list}, in defineSite({ … }):   ${entryCode(entry)},`,
  );
  const top = imported === undefined ? [] : [`at the top:   ${importLine(imported)}`];
  return [...top, ...lines].map((line) => `  ${line}`).join("\n");
}

function serviceText({ name, constant, image: given, port }: NewRequest): string {
  const isOwn = given === undefined;
  const published =
    port === containerPort
      ? [`  ports: ["${port}"],`]
      : [
          "  // Port of the servers, then port of the container.",
          `  ports: ["${port}:${containerPort}"],`,
        ];
  return [
    'import { defineService } from "../../model/service";',
    "",
    `/** ${isOwn ? "A web server with one page." : "One task."} Say here what the service is for. */`,
    `export const ${constant} = defineService({`,
    `  image: { build: "${given ?? name}" },`,
    ...(isOwn
      ? [
          "  // One task on every cluster server, so each of them answers on the port. Remove the line for one",
          "  // task somewhere: a service with a replicated volume has one.",
          '  mode: "global",',
          ...published,
        ]
      : []),
    "  // Other services find its tasks by its name, also where the servers' kernel has no IPVS.",
    '  endpointMode: "dnsrr",',
    ...(isOwn
      ? [
          "  // As process 1 the program would ignore the signal to stop, and be killed after 10 s.",
          "  init: true,",
          "  // It writes nothing and needs no rights. A program that writes gets a folder:",
          '  // tmpfs: [{ target: "/tmp", size: "16MiB" }].',
          "  readOnly: true,",
          '  capabilities: { drop: ["ALL"] },',
          '  resources: { limits: { memory: "64MiB", pids: 32 } },',
        ]
      : []),
    "});",
    "",
  ].join("\n");
}

function jobText({ name, constant, image: given }: NewRequest): string {
  return [
    'import { defineService } from "../../model/service";',
    "",
    "/** Runs, and ends. Say here what the job is for. */",
    `export const ${constant} = defineService({`,
    `  image: { build: "${given ?? name}" },`,
    ...(given === undefined
      ? [
          "  // It writes nothing and needs no rights. A program that writes gets a folder:",
          '  // tmpfs: [{ target: "/tmp", size: "16MiB" }].',
          "  readOnly: true,",
          '  capabilities: { drop: ["ALL"] },',
        ]
      : [
          "  // Instead of the image's own program, and of its check, which would be one of a service.",
          '  command: ["echo", "done"],',
          '  healthcheck: "none",',
        ]),
    "  // Minute, hour, day of the month, month, day of the week, in UTC. Without a schedule it runs",
    "  // once for each change of it.",
    '  mode: { job: { schedule: "30 2 * * *", retries: 2 } },',
    "});",
    "",
  ].join("\n");
}
