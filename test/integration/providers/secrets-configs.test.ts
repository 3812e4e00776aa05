import {
  swarmConfigProvider,
  type SwarmConfigInputs,
  type SwarmConfigState,
} from "../../../providers/swarm-config/provider";
import {
  swarmSecretProvider,
  type SwarmSecretInputs,
  type SwarmSecretState,
} from "../../../providers/swarm-secret/provider";
import { withAnyManager } from "../../../providers/transport/manager";
import type { Lab } from "../lab";
import { createLabService, inTask, startSwarmLab, taskImage } from "../service-lab";

/** One Swarm goes through its whole life, so the tests depend on their order. */
let lab: Lab;
let secret: SwarmSecretState;
let config: SwarmConfigState;

const content = 'service {{ .Service.Name }} password {{ secret "password" }}\n';

jest.setTimeout(180_000);

beforeAll(async () => {
  lab = await startSwarmLab({ servers: 3, prefix: "sec" });
}, 600_000);
afterAll(() => lab.destroy());

function secretInputs(changes: Partial<SwarmSecretInputs> = {}): SwarmSecretInputs {
  return {
    managers: lab.hosts,
    site: "lab.example",
    name: "password",
    value: "planted-one",
    salt: "salt",
    revision: "1",
    ...changes,
  };
}

function configInputs(changes: Partial<SwarmConfigInputs> = {}): SwarmConfigInputs {
  return {
    managers: lab.hosts,
    site: "lab.example",
    name: "app.conf",
    content,
    template: true,
    revision: "1",
    ...changes,
  };
}

async function createSecret(changes: Partial<SwarmSecretInputs> = {}): Promise<SwarmSecretState> {
  return (await swarmSecretProvider.create(secretInputs(changes))).outs as SwarmSecretState;
}

async function createConfig(changes: Partial<SwarmConfigInputs> = {}): Promise<SwarmConfigState> {
  return (await swarmConfigProvider.create(configInputs(changes))).outs as SwarmConfigState;
}

/** Names of all secrets and configs of the Swarm. */
const names = (): Promise<string[]> =>
  withAnyManager(lab.hosts, async (docker) => {
    const listed = [...(await docker.listSecrets()), ...(await docker.listConfigs())];
    return (listed as { Spec?: { Name?: string } }[]).map(({ Spec }) => Spec?.Name ?? "").sort();
  });

/** What a service's container has from the Swarm. */
const containerSpec = (): object => ({
  Image: taskImage,
  Secrets: [
    {
      SecretID: secret.secretId,
      SecretName: secret.secretName,
      File: { Name: "password", UID: "0", GID: "0", Mode: 0o400 },
    },
  ],
  Configs: [
    {
      ConfigID: config.configId,
      ConfigName: config.configName,
      File: { Name: "/etc/app.conf", UID: "0", GID: "0", Mode: 0o444 },
    },
  ],
});

test("a task reads the secret, and the config with its template filled in", async () => {
  [secret, config] = [await createSecret(), await createConfig()];
  await createLabService(lab, {
    Name: "app",
    TaskTemplate: {
      ContainerSpec: containerSpec(),
      Placement: { Constraints: [`node.hostname==${lab.hosts[1]?.name ?? ""}`] },
    },
  });
  expect(await inTask(lab, "app", ["/bin/busybox", "cat", "/run/secrets/password"])).toBe(
    "planted-one",
  );
  expect(await inTask(lab, "app", ["/bin/busybox", "cat", "/etc/app.conf"])).toBe(
    "service app password planted-one\n",
  );
});

test("a second run takes the same ones over, and a refresh shows nothing", async () => {
  const [secretAgain, configAgain] = [await createSecret(), await createConfig()];
  expect([secretAgain.secretId, configAgain.configId]).toEqual([secret.secretId, config.configId]);
  [secret, config] = [secretAgain, configAgain];
  expect(await names()).toEqual([config.configName, secret.secretName].sort());
  expect((await swarmSecretProvider.read?.(secret.secretId, secret))?.inputs).toEqual(
    secretInputs(),
  );
  expect((await swarmConfigProvider.read?.(config.configId, config))?.inputs).toEqual(
    configInputs(),
  );
});

test("another value is made first, the service rolls, and the old one goes when nothing uses it", async () => {
  const [oldSecret, oldConfig] = [secret, config];
  secret = await createSecret({ value: "planted-two" });
  config = await createConfig({ content: "plain {{ .Service.Name }}\n", template: false });
  expect(await names()).toHaveLength(4);

  const warn = jest.spyOn(console, "warn").mockImplementation(() => undefined);
  try {
    await swarmSecretProvider.delete?.(oldSecret.secretId, oldSecret);
    expect(warn.mock.calls.join()).toMatch(/is left alone[^]*in use by the following service: app/);
  } finally {
    warn.mockRestore();
  }

  await withAnyManager(lab.hosts, async (docker) => {
    const seen = (await docker.getService("app").inspect()) as {
      Version: { Index: number };
      Spec: { TaskTemplate: object };
    };
    await docker.getService("app").update({
      version: seen.Version.Index,
      ...seen.Spec,
      TaskTemplate: { ...seen.Spec.TaskTemplate, ContainerSpec: containerSpec() },
    });
  });
  await swarmSecretProvider.delete?.(oldSecret.secretId, oldSecret);
  await swarmConfigProvider.delete?.(oldConfig.configId, oldConfig);
  expect(await names()).toEqual([config.configName, secret.secretName].sort());
});

test("a secret that was made by hand is not touched", async () => {
  const taken = await createSecret({ name: "taken" });
  await swarmSecretProvider.delete?.(taken.secretId, taken);
  await withAnyManager(lab.hosts, (docker) =>
    docker.createSecret({ Name: taken.secretName, Data: Buffer.from("x").toString("base64") }),
  );
  await expect(createSecret({ name: "taken" })).rejects.toThrow(/does not carry the label/);
  expect(await names()).toContain(taken.secretName);
});

test("the largest content that the check lets through is taken by the Swarm", async () => {
  const large = { name: "large", content: "x".repeat(500 * 1024 - 1) };
  const checked = await swarmConfigProvider.check?.(configInputs(large), configInputs(large));
  expect(checked?.failures).toEqual([]);
  const state = await createConfig(large);
  await swarmConfigProvider.delete?.(state.configId, state);
});

test("with a manager killed between two runs everything goes on, and what is gone shows", async () => {
  await lab.kill(0);
  expect((await swarmSecretProvider.read?.(secret.secretId, secret))?.id).toBe(secret.secretId);
  const other = await createConfig({ name: "other" });
  await swarmConfigProvider.delete?.(other.configId, other);
  expect((await swarmConfigProvider.read?.(other.configId, other))?.id).toBeUndefined();
  await swarmConfigProvider.delete?.(other.configId, other);
});
