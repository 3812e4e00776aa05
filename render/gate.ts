import { createHash } from "node:crypto";
import { gateFolder, gateName, type GatePlan, type GateRoutePlan } from "../model/gate";
import { pathAtAddress } from "../model/service/routes";
import { renderConverge } from "./converge";
import { commandLine, quote } from "./shell";

/** Limit of the step, seconds. */
export const gateStepSeconds = 150;

/** Form of the configuration; `platform/images/gate` says which one it understands. */
const format = 2;

/** What `all-routes.conf` of the image has, so that it is not said again for each route. */
const usual = { bodySizeBytes: 10 * 2 ** 20, timeoutSeconds: 60 };

/** The gate's configuration. */
export interface GateConfig {
  /** Names this content: twelve hexadecimal digits. */
  readonly release: string;
  /** Text for nginx, inside of `http`. */
  readonly text: string;
}

/**
 * The configuration of the gate's nginx: what depends on the site. The rest is in the image
 * (`platform/images/gate`). Names are looked up while requests come in, as
 * `tasks.<service>`: the tasks' own addresses, so that no virtual address (IPVS) is needed, and the
 * next task is asked when one is gone.
 */
export function gateConfig(gate: GatePlan): GateConfig {
  const body = [...general(gate), ...servers(gate)].join("\n");
  const release = createHash("sha256").update(body).digest("hex").slice(0, 12);
  return {
    release,
    text: `# hive gate, format ${format}, release ${release}\nmap "" $release { default "${release}"; }\n${body}\n`,
  };
}

/**
 * The converge step that gives a cluster host's gate its configuration. Where a gate runs, the step
 * waits until it serves the new release; where none runs yet, also because the Docker
 * Engine does not answer (the step for the engine says so), the gate finds it when it starts.
 */
export function gateStep(gate: GatePlan): string {
  const { release, text } = gateConfig(gate);
  const path = `${gateFolder}/routes.conf`;
  const label = `label=com.docker.swarm.service.name=${gateName}`;
  const running = commandLine("docker", "ps", "--quiet", "--filter", label);
  return renderConverge({
    title: "gate",
    files: [{ path, mode: "0644", content: text }],
    checks: [
      {
        what: `the gate serves the release ${release}`,
        run: `for gate in $(timeout 10 ${running} 2> /dev/null); do docker exec "$gate" gate-release ${quote(release)}; done`,
        withinSeconds: 60,
        remedy: `look at ${path} on the host; if the gate does not see that file, because its folder was removed, run there: docker service update --force ${gateName}`,
      },
    ],
    timeoutSeconds: gateStepSeconds,
  });
}

/** What the addresses share. */
function general({ login, routes, hsts }: GatePlan): readonly string[] {
  return [
    // A year; an empty header is not sent.
    `map "" $hsts { default ${hsts ? "max-age=31536000" : '""'}; }`,
    // Without a login service, hive_session is a cookie like any other.
    `map "" $cookies { default ${login === undefined ? "$http_cookie" : "$other_cookies"}; }`,
    ...hostsOf(routes).map(
      (host, index) =>
        `map $request_uri $below_${index} { default ""; ${quoted(`~^/${pattern(host)}(?<rest_${index}>/.*)$`)} $rest_${index}; }`,
    ),
  ];
}

/** A server's bare address, and every name of a route. */
function servers(gate: GatePlan): readonly string[] {
  const hosts = hostsOf(gate.routes);
  // Where the gate is secure, the port of HTTP has a server of its own.
  const listens = (line: string): readonly string[] => (gate.secure ? [] : [line]);
  const atAddress = gate.routes.map((route) => {
    const path = pathAtAddress(route);
    return route.host === undefined
      ? { route, path }
      : { route, path, prefix: `/${route.host}`, below: `$below_${hosts.indexOf(route.host)}` };
  });
  return [
    ...(gate.secure ? leadingToHttps(gate) : []),
    ...server(
      gate,
      [...listens("listen 80 default_server;"), "include /etc/gate/status.conf;"],
      atAddress,
    ),
    ...hosts.flatMap((host) => {
      const own = gate.routes.filter((route) => route.host === host);
      const names = `server_name ${quoted(host)} ${quoted(`${host}.*`)};`;
      return server(
        gate,
        [...listens("listen 80;"), names],
        own.map((route) => ({ route, path: route.path })),
      );
    }),
  ];
}

/** The port of HTTP, where nothing is answered but the health check. */
function leadingToHttps({ ports: { https } }: GatePlan): readonly string[] {
  const port = https === 443 ? "" : `:${https}`;
  return [
    "server {",
    ...[
      "listen 80 default_server;",
      `set $https_port "${port}";`,
      "include /etc/gate/only-https.conf;",
    ].map(indented),
    "}",
  ];
}

/** A route where it is at an address. */
interface PlacedRoute {
  readonly route: GateRoutePlan;
  readonly path: string;
  /** The part of the path that the service does not see. */
  readonly prefix?: string;
  /** Variable with what follows it. */
  readonly below?: string;
}

function server(
  { login }: GatePlan,
  begin: readonly string[],
  routes: readonly PlacedRoute[],
): readonly string[] {
  const isGuarded = login !== undefined && routes.some(({ route }) => route.login);
  const hasRoot = routes.some(({ path }) => path === "/");
  return [
    "server {",
    ...[...begin, "include /etc/gate/server.conf;"].map(indented),
    ...(isGuarded
      ? [`set $login ${quoted(`tasks.${login}`)};`, "include /etc/gate/login.conf;"].map(indented)
      : []),
    ...routes.flatMap(location).map(indented),
    ...(hasRoot ? [] : [indented('location / { return 404 "Nothing is at this address.\\n"; }')]),
    "}",
  ];
}

function location({ route, path, prefix, below = "" }: PlacedRoute): readonly string[] {
  const milliseconds = Math.max(1, Math.round(route.timeoutSeconds * 1000));
  return [
    `location ${quoted(path)} {`,
    ...[
      `set $task ${quoted(`tasks.${route.service}:${route.port}`)};`,
      `set $prefix ${quoted(prefix ?? "")};`,
      "include /etc/gate/route.conf;",
      `include /etc/gate/${route.login ? "logged-in" : "anybody"}.conf;`,
      ...(prefix === undefined
        ? []
        : ["include /etc/gate/below-name.conf;", `if (${below} = "") { return 404; }`]),
      ...(route.bodySizeBytes === usual.bodySizeBytes
        ? []
        : [`client_max_body_size ${route.bodySizeBytes};`]),
      ...(route.timeoutSeconds === usual.timeoutSeconds
        ? []
        : [`proxy_send_timeout ${milliseconds}ms;`, `proxy_read_timeout ${milliseconds}ms;`]),
      `proxy_pass http://$task${below};`,
    ].map(indented),
    "}",
  ];
}

/** A name in a regular expression. */
function pattern(name: string): string {
  return name.replaceAll(".", String.raw`\.`);
}

function indented(line: string): string {
  return `  ${line}`;
}

function hostsOf(routes: readonly GateRoutePlan[]): readonly string[] {
  return [...new Set(routes.flatMap(({ host }) => host ?? []))];
}

/**
 * A word of nginx's configuration. What can end a word or begin another one does not get this far
 * (`model/service/routes.ts`), and is refused here again.
 *
 * @throws RangeError
 */
function quoted(word: string): string {
  if (/["\n\r;{}\0]/.test(word)) {
    throw new RangeError(`No word of the gate's configuration: ${JSON.stringify(word)}`);
  }
  return `"${word}"`;
}
