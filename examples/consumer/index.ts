import { readHive, serviceOf } from "@hive/outputs";
import * as pulumi from "@pulumi/pulumi";

// What another team builds on a site: here, what its uptime checks have to ask. The program knows
// nothing of the site but its stack's name, and creates nothing on it.
const config = new pulumi.Config();
const site = readHive(new pulumi.StackReference(config.require("hive")));
const service = config.get("service") ?? "portal";

/** Addresses that the check asks, in turn: each route at each cluster server. */
export const urls = site.apply((outputs) => {
  const { routes = [], endpoints } = serviceOf(outputs, service);
  return [...routes, ...endpoints];
});

/** Servers that a firewall of the other team lets in. */
export const addresses = site.apply(({ hosts }) =>
  hosts.filter(({ role }) => role === "cluster").map(({ publicAddress }) => publicAddress),
);

/** Changes with each release, so that a dashboard can mark it. */
export const release = site.apply((outputs) => serviceOf(outputs, service).digest);
