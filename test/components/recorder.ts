import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

/** A resource as the engine would have been told of it. */
export interface Recorded {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
  /** The inputs as the engine prints them: `[secret]` in place of what is marked as secret. */
  readonly shown: Record<string, unknown>;
  /** The options, as a stack transformation sees them. */
  readonly options: pulumi.CustomResourceOptions;
  /** Logical names of the parents, nearest first. */
  readonly ancestors: readonly string[];
}

/**
 * How the engine's protocol marks a secret (pulumi/pulumi `sdk/go/common/resource/properties.go`).
 */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** What providers would compute; enough for the program to go on. */
function computed(
  type: string,
  name: string,
  inputs: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  switch (type) {
    case "pulumi-nodejs:dynamic/hive:SshKeyPair":
      return {
        publicKey: `ssh-ed25519 AAAA${name} comment`,
        hostKey: `ssh-ed25519 AAAA${name}`,
        privateKey: `PRIVATE-${name}`,
        fingerprint: "SHA256:x",
      };
    case "pulumi-nodejs:dynamic/hive:CertificateAuthority":
      return {
        certificatePem: `CERTIFICATE-${name}\n`,
        formerCertificatePem: `FORMER-${name}\n`,
        privateKeyPem: `PRIVATE-${name}`,
      };
    case "pulumi-nodejs:dynamic/hive:Certificate":
      return { certificatePem: `CERTIFICATE-${name}`, privateKeyPem: `PRIVATE-${name}` };
    case "pulumi-nodejs:dynamic/hive:ImageBuild":
      return {
        digest: `sha256:${"a".repeat(64)}`,
        reference: `registry.test.example:5000/portal@sha256:${"a".repeat(64)}`,
        imageId: `sha256:${"b".repeat(64)}`,
        tag: "abc",
        releases: [],
      };
    case "pulumi-nodejs:dynamic/hive:ImagePull":
      return { resolved: inputs.reference };
    case "pulumi-nodejs:dynamic/hive:SwarmNetwork":
      return { networkId: `NETWORK-${name}` };
    case "pulumi-nodejs:dynamic/hive:SwarmSecret":
      return { secretId: `SECRET-${name}`, secretName: `${name}-0123abcd` };
    case "pulumi-nodejs:dynamic/hive:SwarmConfig":
      return { configId: `CONFIG-${name}`, configName: `${name}-0123abcd` };
    case "pulumi-nodejs:dynamic/hive:SwarmService":
      return { serviceId: `SERVICE-${name}` };
    case "random:index/randomPassword:RandomPassword":
      return { result: `PASSWORD-${name}` };
    case "docker:index/remoteImage:RemoteImage":
      return { imageId: `sha256:${"c".repeat(64)}` };
    case "aws:iam/role:Role":
    case "aws:iam/instanceProfile:InstanceProfile":
      return { name };
    case "aws:ec2/eip:Eip":
      return { publicIp: "198.51.100.10" };
    case "pulumi-nodejs:dynamic/hive:ObservedInstance":
      return { lost: { power: 2, address: 3, disks: { "ldap-data": 4 } } };
    default:
      return {};
  }
}

/** What functions of providers answer, by their tokens. */
export type Calls = Readonly<
  Record<string, (inputs: Readonly<Record<string, unknown>>) => Record<string, unknown>>
>;

/**
 * Runs a program against mocks and returns what it declared.
 *
 * @param preview - as in a preview: nothing that a provider computes is known.
 * @param calls - answers of functions; default: their own inputs.
 */
export async function record(
  program: () => void | Promise<void>,
  { preview = false, calls = {} }: { readonly preview?: boolean; readonly calls?: Calls } = {},
): Promise<readonly Recorded[]> {
  // Where the program brings the stage's key.
  process.env["HIVE_HOME"] ??= temporaryHome();
  const inputs = new Map<string, Record<string, unknown>>();
  const shown = new Map<string, Record<string, unknown>>();
  const declared: {
    type: string;
    name: string;
    options: pulumi.CustomResourceOptions;
    urn: Promise<string>;
  }[] = [];
  const parents = new Map<string, string | undefined>();
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        const key = `${args.type}::${args.name}`;
        if (inputs.has(key)) throw new Error(`Declared twice: ${key}`);
        inputs.set(key, withoutSecretMarks(args.inputs) as Record<string, unknown>);
        shown.set(
          key,
          withoutSecretMarks(args.inputs, () => "[secret]") as Record<string, unknown>,
        );
        return {
          id: preview ? undefined : `${args.name}-id`,
          state: {
            ...(args.inputs as object),
            ...(preview
              ? {}
              : computed(args.type, args.name, args.inputs as Record<string, unknown>)),
          },
        };
      },
      call: ({ token, inputs: given }) =>
        calls[token]?.(given as Record<string, unknown>) ?? (given as Record<string, unknown>),
    },
    "hive",
    "private",
    preview,
  );
  await pulumi.runtime.runInPulumiStack(async () => {
    pulumi.runtime.registerStackTransformation((resource) => {
      const options = resource.opts as pulumi.CustomResourceOptions;
      const parent = options.parent as (pulumi.Resource & { __name?: string }) | undefined;
      parents.set(resource.name, parent?.__name);
      declared.push({
        type: resource.type,
        name: resource.name,
        options,
        urn: Promise.resolve(""),
      });
      return undefined;
    });
    await program();
    return {};
  });
  // Registration goes on after the program's end; a few turns without a new one mean that it is
  // over.
  for (let quiet = 0, seen = -1; quiet < 5;) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    quiet = inputs.size === seen ? quiet + 1 : 0;
    seen = inputs.size;
  }
  return declared
    .filter(({ type, name }) => inputs.has(`${type}::${name}`))
    .map(({ type, name, options }) => ({
      type,
      name,
      options,
      inputs: inputs.get(`${type}::${name}`) ?? {},
      shown: shown.get(`${type}::${name}`) ?? {},
      ancestors: ancestorsOf(name, parents),
    }));
}

function ancestorsOf(name: string, parents: ReadonlyMap<string, string | undefined>): string[] {
  const ancestors: string[] = [];
  for (let parent = parents.get(name); parent !== undefined; parent = parents.get(parent)) {
    ancestors.push(parent);
    if (ancestors.length > 20) throw new Error(`The parents of ${name} form a circle.`);
  }
  return ancestors;
}

/**
 * On the wire a secret is wrapped in an object with a signature; here its value counts, or what
 * stands for it.
 */
function withoutSecretMarks(
  value: unknown,
  instead: (secret: unknown) => unknown = (secret) => withoutSecretMarks(secret),
): unknown {
  if (Array.isArray(value)) return value.map((each) => withoutSecretMarks(each, instead));
  if (typeof value !== "object" || value === null) return value;
  const isSecret = (value as Record<string, unknown>)[signatureKey] === secretSignature;
  if (isSecret) return instead((value as { value: unknown }).value);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withoutSecretMarks(inner, instead)]),
  );
}

/** Where the program brings the stage's key; removed after the file's tests. */
function temporaryHome(): string {
  home = mkdtempSync(join(tmpdir(), "hive-components-"));
  return home;
}

let home: string | undefined;
afterAll(() => {
  if (home !== undefined) rmSync(home, { recursive: true, force: true });
});
