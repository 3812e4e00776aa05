import { createHash } from "node:crypto";
import { manifestMediaTypes } from "../../model/image/manifest";
import { registryAuthorityFile } from "../../model/image/registry-authority";
import { type CommandResult, runCommand } from "../transport/command";
import { describeHost } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";
import { renderCurlConfig } from "./curl";

/**
 * One repository in a stage's registry, and how it is asked: by curl on a host, which trusts the
 * registry by the file that the host's engine uses. The account goes through curl's standard input.
 */
export interface Repository {
  readonly host: HostAccess;
  /** `registry.staging.example:5000` */
  readonly registry: string;
  readonly name: string;
  /** Absent: the registry is asked without one. */
  readonly account?: { readonly username: string; readonly password: string } | undefined;
}

/** A manifest as a registry answered it. */
export interface FetchedManifest {
  readonly text: string;
  readonly contentType: string;
}

/** Standard input is curl's configuration. */
const askCommand = "curl --silent --show-error --config -";

/**
 * curl that reads what it sends from standard input, and its configuration from the lines before
 * that, up to an empty one. `read` of bash takes single bytes from a pipe, so that nothing of the
 * content is lost; `printf` is built in. So the account stands neither in an argument nor in the
 * environment nor in a file.
 */
export const sendCommand =
  `bash -c 'c=(); while IFS= read -r l && [ -n "$l" ]; do c+=("$l"); done; ` +
  `exec curl --silent --show-error --config <(printf "%s\\n" "\${c[@]}") --upload-file -'`;

/** What stands on the standard input of {@link sendCommand} before the content. */
export function sendHead(options: Readonly<Record<string, string>>): string {
  return `${renderCurlConfig(options)}\n`;
}

/** curl's options for everything that is asked of a repository. */
export function curlOptions(repository: Repository, path: string): Record<string, string> {
  const { registry, name, account } = repository;
  return {
    url: path.startsWith("/v2/")
      ? `https://${registry}${path}`
      : `https://${registry}/v2/${name}/${path}`,
    cacert: registryAuthorityFile(registry),
    ...(account === undefined ? {} : { user: `${account.username}:${account.password}` }),
    "connect-timeout": "10",
  };
}

/** Fetches a manifest, and makes sure that it is the one of the digest. */
export async function fetchManifest(
  repository: Repository,
  digest: string,
): Promise<FetchedManifest> {
  const answer = await ask(repository, `manifests/${digest}`, {
    header: `Accept: ${manifestMediaTypes.join(", ")}`,
    // The limit that registries set themselves.
    "max-filesize": String(4 * 1024 * 1024),
    "write-out": "\\n%{http_code} %{content_type}",
  });
  const end = answer.lastIndexOf("\n");
  const [status = "", ...type] = answer.slice(end + 1).split(" ");
  const text = answer.slice(0, end);
  if (status === "404")
    throw registryError(
      `The registry ${repository.registry} does not have ${repository.name}@${digest} any more: old releases are removed. Nothing was changed.`,
    );
  if (status !== "200") throw refusal(repository, `its manifest ${digest}`, status);
  const actual = `sha256:${createHash("sha256").update(text).digest("hex")}`;
  if (actual !== digest)
    throw registryError(
      `The registry ${repository.registry} answered other bytes than ${repository.name}@${digest}: they are ${actual}. Nothing was changed.`,
    );
  return { text, contentType: type.join(" ") };
}

/** Whether a repository has a manifest or a blob. */
export async function exists(
  repository: Repository,
  kind: "manifests" | "blobs",
  digest: string,
): Promise<boolean> {
  const status = await ask(repository, `${kind}/${digest}`, {
    head: "",
    header: `Accept: ${manifestMediaTypes.join(", ")}`,
    output: "/dev/null",
    "write-out": "%{http_code}",
  });
  if (status === "404") return false;
  if (status === "200") return true;
  throw refusal(repository, digest, status);
}

/** Puts a manifest as it is. The registry refuses it while something that it names is missing. */
export async function putManifest(
  repository: Repository,
  digest: string,
  manifest: { readonly text: string; readonly mediaType: string },
): Promise<void> {
  const head = sendHead({
    ...curlOptions(repository, `manifests/${digest}`),
    header: `Content-Type: ${manifest.mediaType}`,
    output: "/dev/null",
    "write-out": "%{http_code}",
    "max-time": "60",
  });
  const result = await runCommand(repository.host, sendCommand, {
    stdin: head + manifest.text,
    deadlineSeconds: 75,
  });
  const status = outputOf(repository, result);
  if (status !== "201") throw refusal(repository, `the manifest ${digest}`, status);
}

/**
 * Removes an image's manifest, which the Engine API cannot do.
 *
 * @returns whether it is gone, or was not there; false when the registry or the host cannot be
 *   asked. Never throws.
 */
export async function removeManifest(repository: Repository, digest: string): Promise<boolean> {
  try {
    const status = await ask(
      repository,
      `manifests/${digest}`,
      {
        request: "DELETE",
        output: "/dev/null",
        "write-out": "%{http_code}",
        "max-time": "15",
      },
      { deadlineSeconds: 20, dialSeconds: 5 },
    );
    return ["202", "404"].includes(status.trim());
  } catch {
    return false;
  }
}

/** Begins an upload. @returns its path with query, on the registry */
export async function beginUpload(repository: Repository): Promise<string> {
  const headers = await ask(repository, "blobs/uploads/", {
    request: "POST",
    // Without a body nginx and the registry want to be told so.
    header: "Content-Length: 0",
    "dump-header": "-",
    output: "/dev/null",
  });
  const status = /^HTTP\/\S+ (\d+)/.exec(headers)?.[1] ?? "none";
  if (status !== "202") throw refusal(repository, "an upload", status);
  return uploadPath(headers, repository.registry);
}

/**
 * Where an upload goes: a Location may be a path or an address, of this registry only, because the
 * account goes there.
 */
export function uploadPath(headers: string, registry: string): string {
  const location = /^location:[ \t]*(\S+)/im.exec(headers)?.[1] ?? "";
  const base = `https://${registry}`;
  if (location !== "" && URL.canParse(location, base)) {
    const { host, pathname, search } = new URL(location, base);
    if (host === new URL(base).host && pathname.startsWith("/v2/")) return `${pathname}${search}`;
  }
  throw registryError(
    `The registry ${registry} did not say where an upload goes (Location: '${location.split("?")[0]}').`,
  );
}

/** Makes a blob of an upload. The registry refuses it when the content has another digest. */
export async function completeUpload(
  repository: Repository,
  path: string,
  digest: string,
): Promise<void> {
  const query = `${path.includes("?") ? "&" : "?"}digest=${encodeURIComponent(digest)}`;
  const status = await ask(repository, `${path}${query}`, {
    request: "PUT",
    header: "Content-Length: 0",
    output: "/dev/null",
    "write-out": "%{http_code}",
  });
  if (status !== "201") throw refusal(repository, `the blob ${digest}`, status);
}

/** Withdraws an upload. Never throws: the registry itself removes those that are a day old. */
export async function cancelUpload(repository: Repository, path: string): Promise<boolean> {
  try {
    const status = await ask(repository, path, {
      request: "DELETE",
      output: "/dev/null",
      "write-out": "%{http_code}",
    });
    return ["204", "404"].includes(status);
  } catch {
    return false;
  }
}

/** What a registry that says no means. */
export function refusal(repository: Repository, what: string, status: string): Error {
  const { registry, name, account } = repository;
  const reason =
    status === "401" || status === "403"
      ? `it does not accept the account ${account?.username ?? "(none)"} of the stage's state. \`npx hive up\` on that stage sets it again`
      : `it answered ${status}`;
  return registryError(`The registry ${registry} refused ${what} of ${name}: ${reason}.`);
}

/** @param limits of the command on the host, seconds */
async function ask(
  repository: Repository,
  path: string,
  options: Readonly<Record<string, string>>,
  limits: { readonly deadlineSeconds: number; readonly dialSeconds?: number } = {
    deadlineSeconds: 45,
  },
): Promise<string> {
  const config = { ...curlOptions(repository, path), "max-time": "30", ...options };
  const result = await runCommand(repository.host, askCommand, {
    stdin: renderCurlConfig(config),
    ...limits,
  });
  return outputOf(repository, result);
}

function outputOf({ host, registry }: Repository, { code, stdout, stderr }: CommandResult): string {
  if (code === 0) return stdout;
  throw curlFailure(host, registry, code, stderr);
}

/** curl could not ask. */
export function curlFailure(
  host: HostAccess,
  registry: string,
  code: number,
  stderr: string,
): Error {
  const said = stderr.trim() === "" ? `curl ended with exit code ${code}` : stderr.trim();
  return registryError(
    `The registry ${registry} could not be asked on ${describeHost(host)}: ${said}.\nThe command can be repeated: what has been copied stays.`,
  );
}

/**
 * An error whose message is written for the user. No class of its own: it runs in serialized
 * providers too.
 */
export function registryError(message: string): Error {
  return Object.assign(new Error(message), { name: "RegistryError" });
}

/** A repository by its full name, `<registry>/<name>`. */
export function repositoryAt(
  host: HostAccess,
  fullName: string,
  account: Repository["account"],
): Repository {
  const slash = fullName.indexOf("/");
  return {
    host,
    registry: fullName.slice(0, slash),
    name: fullName.slice(slash + 1),
    account,
  };
}
