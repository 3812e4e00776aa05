import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { gateContext, gateTarget } from "../../../model/gate";
import type { Plan } from "../../../model/plan";
import { planStack } from "../../../model/plan-site";
import { gateConfig } from "../../../render/gate";
import { site } from "../../../site/site";
import { buildLocally, docker, waitForHealth } from "./local-image";

const root = join(__dirname, "..", "..", "..");

/** The services of the worked example. */
export type ServiceName = "gate" | "am" | "ldap" | "portal";

/** Secrets that are given to the containers; tests look for them where they must not be. */
export interface PlantedSecrets {
  readonly adminPassword: string;
  readonly sessionKey: string;
}

/** A container of the example. */
export interface ExampleContainer {
  readonly id: string;
  /** Its address in the example's network. */
  readonly address: string;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /**
   * Value of the session's cookie that was set, `""` when it was taken away, undefined when none
   * was touched.
   */
  readonly session?: string;
}

/**
 * The worked example without a Swarm: its containers in a network of this computer's engine, found
 * by name as in the hive: a service, and its tasks. Volumes, network and containers are removed by
 * {@link ExampleSite.destroy}.
 */
export class ExampleSite {
  readonly secrets: PlantedSecrets = {
    adminPassword: `Adm1n${randomBytes(16).toString("hex")}`,
    sessionKey: `Key${randomBytes(24).toString("hex")}`,
  };
  private readonly name = `hive-example-${randomBytes(4).toString("hex")}`;
  private readonly folder = mkdtempSync(join(tmpdir(), "hive-example-"));
  private readonly images = new Map<string, string>();
  private readonly containers: string[] = [];
  private readonly volumes: string[] = [];

  /** Builds the images and makes the network. */
  async prepare(...services: readonly ServiceName[]): Promise<void> {
    for (const service of services) {
      const context = service === "gate" ? gateContext : `site/images/${service}`;
      this.images.set(service, await buildLocally(context));
    }
    await docker("network", "create", "--label", "hive.test=image", this.name);
  }

  /**
   * Starts a container of a service and waits until it is healthy. @param args - more for
   * `docker run`
   */
  async start(service: ServiceName, ...args: readonly string[]): Promise<ExampleContainer> {
    const container = await this.launch(service, ...args);
    const health = await waitForHealth(container.id, 60);
    if (health !== "healthy") {
      throw new Error(`${service} is ${health}:\n${await docker("logs", container.id)}`);
    }
    return container;
  }

  /** Starts a container of a service without waiting. */
  launch(service: ServiceName, ...args: readonly string[]): Promise<ExampleContainer> {
    const image = this.images.get(service) ?? service;
    return this.run(service, [...rightsOf(service), ...args, image]);
  }

  /** Starts another program in a service's image under the name of a service. */
  launchAs(
    name: ServiceName,
    image: ServiceName,
    ...command: readonly string[]
  ): Promise<ExampleContainer> {
    return this.run(name, ["--user", "root", this.images.get(image) ?? image, ...command]);
  }

  private async run(name: ServiceName, args: readonly string[]): Promise<ExampleContainer> {
    const id = await docker(
      ...["run", "--detach", "--label", "hive.test=image"],
      ...["--network", this.name, "--network-alias", name, "--network-alias", `tasks.${name}`],
      ...args,
    );
    this.containers.push(id);
    const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
    return { id, address: await docker("inspect", "--format", format, id) };
  }

  /** Starts slapd, on a volume of its own or a given one. */
  startLdap(
    volume: string,
    password = this.secrets.adminPassword,
    ...args: readonly string[]
  ): Promise<ExampleContainer> {
    const file = this.file("ldap-admin-password", `${password}\n`);
    return this.start(
      "ldap",
      ...["--volume", `${volume}:/var/lib/ldap`],
      ...["--volume", `${file}:/run/secrets/ldap-admin-password:ro`],
      ...args,
    );
  }

  /** Starts am with the session key or another one. */
  startAm(key = this.secrets.sessionKey, ...args: readonly string[]): Promise<ExampleContainer> {
    const file = this.file("am-session-key", `${key}\n`);
    return this.start("am", "--volume", `${file}:/run/secrets/am-session-key:ro`, ...args);
  }

  /**
   * Starts a gate with the configuration that the site's own routes make.
   *
   * @param args more for `docker run`
   */
  startGate(...args: readonly string[]): Promise<ExampleContainer> {
    const folder = mkdtempSync(join(this.folder, "gate-"));
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, "routes.conf"), configOfGate(), { mode: 0o644 });
    return this.start("gate", "--volume", `${folder}:${gateTarget}:ro`, ...args);
  }

  /** A new volume. */
  async volume(): Promise<string> {
    const name = await docker("volume", "create", "--label", "hive.test=image");
    this.volumes.push(name);
    return name;
  }

  /** A file that containers may mount. @returns its path */
  file(name: string, content: string): string {
    const path = join(this.folder, `${randomBytes(4).toString("hex")}-${name}`);
    writeFileSync(path, content, { mode: 0o644 });
    return path;
  }

  /**
   * Runs the initialization step of `site/services/ldap.ts` as the hive does: secrets first, then
   * the input, on standard input.
   */
  loadPeople(
    ldap: ExampleContainer,
    people = readFileSync(join(root, "site/data/people.ldif"), "utf8"),
    password = this.secrets.adminPassword,
  ): Promise<Finished> {
    const script = readFileSync(join(root, "site/data/load-people.sh"), "utf8");
    return inside(ldap, ["bash", "-c", script], `${password}\n${people}`);
  }

  /** Stops and removes one container. */
  async remove(container: ExampleContainer): Promise<void> {
    await docker("rm", "--force", container.id);
  }

  /** Removes everything. */
  async destroy(): Promise<void> {
    if (this.containers.length > 0) await docker("rm", "--force", "--volumes", ...this.containers);
    if (this.volumes.length > 0) await docker("volume", "rm", ...this.volumes);
    await docker("network", "rm", this.name);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /**
   * Where planted secrets are seen in a container: its settings, its processes, its log, its image.
   * Empty when nowhere.
   */
  async leaks(container: ExampleContainer): Promise<string[]> {
    const processes =
      "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'; true";
    const image = await docker("inspect", "--format", "{{.Image}}", container.id);
    const places = {
      settings: await docker("inspect", container.id),
      processes: (await inside(container, ["bash", "-c", processes], "", "root")).output,
      log: await docker("logs", container.id),
      image: await docker("history", "--no-trunc", image),
    };
    return Object.entries(places).flatMap(([place, text]) =>
      Object.entries(this.secrets)
        .filter(([, secret]) => text.includes(secret as string))
        .map(([name]) => `${name} in ${place}`),
    );
  }
}

/** The site on the private stage. */
function planned(): Plan {
  const config = { "hive:fleet": "container", "hive:cidr": "172.29.16.0/24" };
  return planStack({ stackName: "private", config, site, building: true });
}

/** Arguments of `docker run` that give a container what its service may do in the hive. */
function rightsOf(name: ServiceName): readonly string[] {
  const service = planned().services.find((one) => one.name === name);
  if (service === undefined) throw new Error(`The site has no service ${name}.`);
  const { readOnly, capabilities, mounts, resources } = service;
  const tmpfs = mounts.flatMap((mount) => (mount.kind === "tmpfs" ? [mount] : []));
  return [
    ...(readOnly ? ["--read-only"] : []),
    ...capabilities.drop.flatMap((one) => ["--cap-drop", one]),
    ...capabilities.add.flatMap((one) => ["--cap-add", one]),
    // As the Docker Engines of the servers have it for all.
    ...["--security-opt", "no-new-privileges"],
    ...["--memory", String(resources.limits.memoryBytes ?? 0)],
    ...["--pids-limit", String(resources.limits.pids ?? 0)],
    ...tmpfs.flatMap(({ target, sizeBytes = 0, mode }) => [
      "--tmpfs",
      `${target}:size=${sizeBytes},mode=${mode}`,
    ]),
  ];
}

/** The gate's configuration on the private stage. */
function configOfGate(): string {
  const { gate } = planned();
  if (gate === undefined) throw new Error("The site has no routes.");
  return gateConfig(gate).text;
}

/** How a command in a container ended. */
export interface Finished {
  readonly code: number;
  readonly output: string;
}

/** Runs a command in a container. @param input - for its standard input */
export function inside(
  container: ExampleContainer,
  command: readonly string[],
  input = "",
  user?: string,
): Promise<Finished> {
  return new Promise((resolve) => {
    const who = user === undefined ? [] : ["--user", user];
    const child = execFile(
      "docker",
      ["exec", "--interactive", ...who, container.id, ...command],
      { timeout: 60_000 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
        resolve({ code, output: `${stdout}${stderr}` });
      },
    );
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}

/** What a request may have besides its URL. */
export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string>>;
  /** Session cookie. */
  readonly session?: string;
}

/** Asks without following redirects; the path is sent as it stands. */
export function ask(url: string, asked: Asked = {}): Promise<Answer> {
  const [, scheme, host, path = "/"] = /^(https?):\/\/([^/]+)(\/.*)?$/.exec(url) ?? [];
  const body = asked.form === undefined ? undefined : new URLSearchParams(asked.form).toString();
  const headers = {
    ...(body === undefined ? {} : { "Content-Type": "application/x-www-form-urlencoded" }),
    ...(asked.session === undefined ? {} : { Cookie: `hive_session=${asked.session}` }),
    ...asked.headers,
  };
  const method = asked.method ?? (body === undefined ? "GET" : "POST");
  const start = scheme === "https" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const call = start(
      { host, path, method, headers, agent: false, rejectUnauthorized: false, timeout: 60_000 },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () => {
          const cookies = response.headers["set-cookie"] ?? [];
          const session = cookies
            .map((cookie) => /^hive_session=([^;]*)/.exec(cookie)?.[1])
            .find((value) => value !== undefined);
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            ...(session === undefined ? {} : { session }),
          });
        });
      },
    );
    call.on("timeout", () => call.destroy(new Error(`${url}: no answer within 60 s`)));
    call.on("error", reject);
    call.end(body);
  });
}

/** What a page shows in an element. */
export function textOf(page: string, id: string): string {
  return new RegExp(`id="${id}"[^>]*>([^<]*)<`).exec(page)?.[1] ?? `no ${id}`;
}
