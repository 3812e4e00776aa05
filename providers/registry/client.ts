import { createHash } from "node:crypto";
import { manifestMediaTypes } from "../../model/image/manifest";
import { registryAuthorityFile } from "../../model/image/registry-authority";
import { type CommandResult, runCommand } from "../transport/command";
import { describeHost } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";
import { renderCurlConfig } from "./curl";

/**
 * One repository in a stage's registry, and how it is asked: by curl on a host, with the
 * certificate file of the host's Docker Engine. The account goes through curl's standard input.
 */
export interface Repository {
  readonly host: HostAccess;
  /** `registry.staging.example:5000` */
  readonly registry: string;
  readonly name: string;
  /** Default: the registry is asked without an account. */
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
 * A curl command that reads its configuration from standard input, up to an empty line, and then
 * the content to send. Bash's `read` takes single bytes from a pipe, so that no content is lost;
 * `printf` is built in. So the account is never in an argument, the environment or a file.
 */
export const sendCommand =
  `bash -c 'c=(); while IFS= read -r l && [ -n "$l" ]; do c+=("$l"); done; ` +
  `exec curl --silent --show-error --config <(printf "%s\\n" "\${c[@]}") --upload-file -'`;

/** The standard input of {@link sendCommand} before the content. */
export function sendHead(options: Readonly<Record<string, string>>): string {
  return `${renderCurlConfig(options)}\n`;
}

/** curl's options for every request to a repository. */
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

/** Fetches a manifest, and checks that it has the digest. */
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
      `The registry ${repository.registry} no longer has ${repository.name}@${digest}: it removes old releases. Nothing was changed.`,
    );
  if (status !== "200") throw refusal(repository, `its manifest ${digest}`, status);
  const actual = `sha256:${createHash("sha256").update(text).digest("hex")}`;
  if (actual !== digest)
    throw registryError(
      `The registry ${repository.registry} returned the wrong content for ${repository.name}@${digest}: its digest is ${actual}. Nothing was changed.`,
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

/**
 * Uploads a manifest unchanged. The registry refuses it while something that it names is missing.
 */
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
 * @returns whether it is gone or was never there; false when the registry or the host cannot be
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
    // nginx and the registry require a length even for an empty body.
    header: "Content-Length: 0",
    "dump-header": "-",
    output: "/dev/null",
  });
  const status = /^HTTP\/\S+ (\d+)/.exec(headers)?.[1] ?? "none";
  if (status !== "202") throw refusal(repository, "an upload", status);
  return uploadPath(headers, repository.registry);
}

/**
 * The target of an upload. A Location may be a path or an address, but only of this registry,
 * because the account is sent there.
 */
export function uploadPath(headers: string, registry: string): string {
  const location = /^location:[ \t]*(\S+)/im.exec(headers)?.[1] ?? "";
  const base = `https://${registry}`;
  if (location !== "" && URL.canParse(location, base)) {
    const { host, pathname, search } = new URL(location, base);
    if (host === new URL(base).host && pathname.startsWith("/v2/")) return `${pathname}${search}`;
  }
  throw registryError(
    `The registry ${registry} did not return a valid upload address (Location: '${location.split("?")[0]}').`,
  );
}

/** Completes an upload as a blob. The registry refuses it when the content has another digest. */
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

/** Cancels an upload. Never throws: the registry itself removes uploads that are a day old. */
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

/** The error for a request that the registry refusal. */
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

/** The error when curl could not reach the registry. */
export function curlFailure(
  host: HostAccess,
  registry: string,
  code: number,
  stderr: string,
): Error {
  const said = stderr.trim() === "" ? `curl failed with exit code ${code}` : stderr.trim();
  return registryError(
    `The registry ${registry} could not be asked on ${describeHost(host)}: ${said}.\nRun the command again: it keeps what it has copied.`,
  );
}

/**
 * An error with a message for the user. It has no class of its own, because it also runs in
 * serialized providers.
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
