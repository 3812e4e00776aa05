import type { Site } from "../../model/inventory";
import { planStack } from "../../model/plan-site";
import { suggestion } from "../../model/problem/suggestion";
import { parseShortPort } from "../../model/schema/published-port";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { constantName } from "./constant-name";
import type { NewFile } from "./image-files";
import { additionText, newPart, type NewKind, type NewRequest } from "./new-files";
import {
  declaredNames,
  namesIn,
  type SiteAddition,
  type SiteList,
  withAddition,
} from "./site-source";

/** File with the site's lists. */
export const siteFile = "site/site.ts";

/** What a person asks `hive new` for. */
export interface NewArgs {
  readonly kind: NewKind;
  readonly name: string;
  readonly image?: string;
  readonly fromStage: boolean;
  /** Whether `site/site.ts` is edited. */
  readonly register: boolean;
}

/** What the project has. */
export interface ProjectState {
  /** Text of `site/site.ts`. */
  readonly siteText: string;
  readonly site: Site;
  /** Whether a path, relative to the project's folder, exists. */
  readonly exists: (path: string) => boolean;
}

/** What `hive new` will write. */
export interface Preparation {
  readonly request: NewRequest;
  readonly files: readonly NewFile[];
  readonly addition: SiteAddition;
  /** The new text of `site/site.ts`; absent when it is left alone. */
  readonly siteText?: string;
}

/** The lists with the names of each kind. */
const lists: Readonly<Record<NewKind, SiteList>> = {
  service: "services",
  job: "services",
  image: "images",
  secret: "secrets",
};

/**
 * Decides what is written, and touches nothing.
 *
 * @throws InventoryError for a name that the site cannot have
 * @throws Failure when something is there already, or the site's text is not recognized
 */
export function prepare(args: NewArgs, project: ProjectState): Preparation {
  const { kind, name } = args;
  checkName(kind, name);
  const list = lists[kind];
  if (args.register && namesOf(project, list).includes(name)) {
    throw refused(`The site has "${name}" in its ${list} already. Choose another name.`);
  }
  const images = namesOf(project, "images");
  if (args.image !== undefined && !images.includes(args.image)) {
    const near = suggestion(args.image, images);
    throw refused(
      `The site has no image "${args.image}". ${near === undefined ? `Images: ${images.join(", ")}.` : `Did you mean ${near}?`}`,
    );
  }
  if (list === "services" && args.image === undefined && images.includes(name)) {
    throw refused(`The site has an image "${name}" already. To run it, add --image ${name}.`);
  }
  const taken = new Set([...declaredNames(project.siteText), "defineService"]);
  const request: NewRequest = {
    kind,
    name,
    constant: constantName(name, taken),
    ...(args.image === undefined ? {} : { image: args.image }),
    port: freePort(project.site),
    fromStage: args.fromStage,
  };
  const { files, addition } = newPart(request);
  const present = files.filter(({ path }) => project.exists(path)).map(({ path }) => path);
  if (present.length > 0) throw refused(`These files exist already: ${present.join(", ")}.`);
  if (!args.register) return { request, files, addition };
  const siteText = withAddition(project.siteText, addition);
  if (siteText === undefined) throw unrecognized(args, addition);
  return { request, files, addition, siteText };
}

/** The rules of the model for names, asked with a site that has only this part. */
function checkName(kind: NewKind, name: string): void {
  const value = { image: `docker.io/library/any@sha256:${"0".repeat(64)}` };
  const part: Partial<Site> =
    kind === "secret"
      ? { secrets: { [name]: { generate: {} } } }
      : kind === "image"
        ? { images: { [name]: {} } }
        : { services: { [name]: value } };
  planStack({
    stackName: "private",
    config: { "hive:fleet": "container", "hive:cidr": "172.29.16.0/24" },
    site: { name: "hive.example", ...part },
  });
}

/** From the text and from the loaded site: either may know more. */
function namesOf({ siteText, site }: ProjectState, list: SiteList): readonly string[] {
  return [...new Set([...(namesIn(siteText, list) ?? []), ...Object.keys(site[list] ?? {})])];
}

/** The first port from 8080 on that no service of the site publishes. */
export function freePort({ services = {} }: Site): number {
  const used = Object.values(services).flatMap(({ ports = [] }) =>
    ports.map((port) =>
      typeof port === "string" ? parseShortPort(port)?.published : (port.published ?? port.target),
    ),
  );
  let port = 8080;
  while (used.includes(port)) port += 1;
  return port;
}

function unrecognized({ kind, name }: NewArgs, addition: SiteAddition): Failure {
  const entries = `add to ${siteFile}`;
  const lines = additionText(addition);
  const isFile = addition.imported !== undefined || kind === "image";
  return refused(
    `${siteFile} is not written in the form that hive can edit: one \`defineSite({ … })\` with its lists in the same file. ` +
      (isFile
        ? `Write the files with \`npx hive new ${kind} ${name} --no-register\`, then ${entries}:\n${lines}`
        : `Please ${entries}:\n${lines}`),
  );
}

function refused(text: string): Failure {
  return new Failure(`${text}\nNothing was changed.`, exitCodes.input);
}
