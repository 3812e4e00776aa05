import { keyText } from "../foreign/code-text";
import { gateName, reservedPath } from "../gate";
import type { Route } from "../inventory";
import { firstNetwork, needsGate } from "../planning/add-gate";
import type { Problem } from "../problem/problems";
import { suggestion } from "../problem/suggestion";
import { servicePath, siteFile, sitePath } from "../schema/check-site";
import { pathAtAddress, planRoute } from "../service/routes";
import { forEachService, type Rule } from "./rule";

/** The login service exists, runs and can be reached. */
export const gateLoginProblems: Rule = ({ site, services, stage }): readonly Problem[] => {
  const login = site.gate?.login;
  if (login === undefined) return [];
  const place = { path: sitePath(["gate", "login"]), value: `"${login}"` };
  const others = site.names.services.filter((name) => name !== gateName);
  if (!others.includes(login)) {
    const meant = suggestion(login, others);
    const addition = "write the name of the service that logs people in";
    return [
      {
        ...place,
        message: "the site has no service of this name",
        remedy: meant === undefined ? addition : `did you mean "${meant}"? Else ${addition}`,
      },
    ];
  }
  const service = site.services.get(login);
  // With problems of its own.
  if (service === undefined || !needsGate(site, stage)) return [];
  const planned = services.find(({ name }) => name === login);
  if (planned === undefined) {
    return [
      {
        ...place,
        message: `the stage ${stage} does not run this service, but other services with routes`,
        remedy: `add "${stage}" to availableOn of ${login}, or remove gate.login`,
      },
    ];
  }
  if (planned.plan.mode.kind === "job" || firstNetwork(service) === undefined) {
    return [
      {
        ...place,
        message:
          planned.plan.mode.kind === "job"
            ? "is a job: its task ends"
            : "joins no network, so the gate cannot reach it",
        remedy: "name another service, or change this one",
      },
    ];
  }
  return [];
};

/** The gate's certificate and its key are two values that somebody has made. */
export const gateCertificateProblems: Rule = ({ site }): readonly Problem[] => {
  const certificate = site.gate?.certificate;
  if (certificate === undefined) return [];
  const { chain, key } = certificate;
  const generated = Object.entries({ chain, key })
    .filter(([, name]) => "generate" in (site.secrets.get(name) ?? {}))
    .map(([part, name]) => ({
      path: sitePath(["gate", "certificate", part]),
      value: `"${name}"`,
      message: `hive generates this secret, and random text is no ${part === "chain" ? "certificate" : "private key"}`,
      remedy: `write ${keyText(name)}: { fromStage: true } in secrets of ${siteFile}`,
    }));
  if (chain !== key) return generated;
  return [
    ...generated,
    {
      path: sitePath(["gate", "certificate", "key"]),
      value: `"${key}"`,
      message: "is the secret of the certificate chain as well",
      remedy: "name the secret with the private key",
    },
  ];
};

/** What a single route needs. */
export const routeProblems = forEachService(({ name, service }, { site }) => {
  const wanted = service.routes ?? [];
  const reachable = firstNetwork(service) !== undefined;
  return [
    ...(wanted.length > 0 && !reachable
      ? [
          {
            path: servicePath(name, ["networks"]),
            value: "[]",
            message: "the gate reaches a service with routes through a network, and it joins none",
            remedy: 'remove it, or write networks: ["default"]',
          },
        ]
      : []),
    ...wanted.flatMap((route, index): readonly Problem[] => {
      const place = (key: keyof Route): string => servicePath(name, ["routes", index, key]);
      const reserved = reservedPath(route, site.gate);
      const ofHost = route.host !== undefined && !(route.path ?? "/").startsWith(reserved ?? " ");
      return [
        ...(route.login === true && site.gate?.login === undefined
          ? [
              {
                path: place("login"),
                value: "true",
                message: "the site does not say which service logs people in",
                remedy: 'write gate: { login: "<service>" } in site/site.ts, or remove it',
              },
            ]
          : []),
        ...(route.login === undefined && site.gate?.login !== undefined
          ? [
              {
                path: place("login"),
                message: `is missing; the site has a login (${site.gate.login}), so a route says whether it needs one`,
                remedy: "write login: true or login: false",
              },
            ]
          : []),
        ...(reserved === undefined
          ? []
          : [
              {
                path: place(ofHost ? "host" : "path"),
                value: `"${ofHost ? (route.host ?? "") : (route.path ?? "/")}"`,
                message: `the gate answers at ${reserved} itself`,
                remedy: ofHost ? "choose another name" : "choose another path",
              },
            ]),
      ];
    }),
  ];
});

/** No address leads to two services. */
export const sameRouteProblems: Rule = ({ services }) => {
  const placed = services.flatMap(({ name, service }) =>
    (service.routes ?? []).map((route, index) => {
      const planned = planRoute(route);
      const addresses = [
        `${planned.host ?? ""}${planned.path}`,
        ...(planned.host === undefined ? [] : [pathAtAddress(planned)]),
      ];
      return { path: servicePath(name, ["routes", index]), addresses, name };
    }),
  );
  return placed.flatMap((mine, position): readonly Problem[] => {
    for (const other of placed.slice(0, position)) {
      const shared = mine.addresses.find((address) => other.addresses.includes(address));
      if (shared === undefined) continue;
      return [
        {
          path: mine.path,
          value: `"${shared}"`,
          message: `is already the address of a route of the service ${other.name}`,
          otherPath: other.path,
          remedy: "choose another path or host in one of the two",
        },
      ];
    }
    return [];
  });
};
