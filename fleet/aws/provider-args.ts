import type { ProviderArgs } from "@pulumi/aws/provider";
import * as pulumi from "@pulumi/pulumi";
import type { AwsFleetPlan } from "./plan";
import { awsServices, everyService } from "./options";

/**
 * The settings of the provider of AWS, all from the stage. Credentials are found as other tools
 * find them: environment, profile, role of the computer.
 */
export function providerArgs({ region, options }: AwsFleetPlan): ProviderArgs {
  const { profile, assumeRole, defaultTags, endpoints } = options;
  const all = endpoints[everyService];
  const urls = Object.fromEntries(
    awsServices.flatMap((service) => {
      const url = endpoints[service] ?? all;
      return url === undefined ? [] : [[service, url] as const];
    }),
  );
  return {
    region,
    ...(Object.keys(defaultTags).length === 0 ? {} : { defaultTags: { tags: defaultTags } }),
    ...(Object.keys(urls).length === 0
      ? {}
      : { endpoints: Object.values(urls).some(hasPath) ? pulumi.secret([urls]) : [urls] }),
    ...(Object.values(urls).some(isThisComputer)
      ? emulated
      : {
          ...(profile === undefined ? {} : { profile }),
          ...(assumeRole === undefined ? {} : { assumeRoles: [{ roleArn: assumeRole }] }),
        }),
  };
}

/**
 * An emulator on this computer knows no account: it gets made-up keys, so that real ones never go
 * there, and is not asked for what only AWS has.
 */
const emulated: ProviderArgs = {
  accessKey: "emulator",
  secretKey: "emulator",
  skipMetadataApiCheck: true,
  skipRegionValidation: true,
  s3UsePathStyle: true,
};

/** Whether a URL leads to this computer. */
function isThisComputer(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}

/** Whether a URL has a path. That of a rehearsal is a key: neither state nor `--diff` shows it. */
function hasPath(url: string): boolean {
  return new URL(url).pathname !== "/";
}
