import { packed } from "../../providers/framework/packed";
import { serviceInitializationProvider } from "../../providers/service-initialization/provider";
import { forgetVolume } from "../../providers/service-initialization/records";
import { type FakeContainers, startFakeContainers } from "./fake/fake-containers";
import { PartialFailure, type Properties, unknownValue } from "./provider-server";
import { providerUnderTest } from "./provider-under-test";

const names = ["hive0.example", "hive1.example", "hive2.example"];
const secret = "planted-secret";
const server = providerUnderTest(packed("service-initialization", serviceInitializationProvider));
let swarm: FakeContainers;

beforeEach(async () => {
  swarm = await startFakeContainers(names);
});
afterEach(() => swarm.stop());

const schema = {
  name: "schema",
  command: ["ldapadd", "-Q"],
  input: "dn: cn=schema\n",
  unless: [],
  user: "openldap",
  deadlineSeconds: 20,
};
const people = {
  ...schema,
  name: "people",
  command: ["/bin/sh", "-c", "cat"],
  input: "",
  user: "",
};

function inputs(changes: Properties = {}): Properties {
  return {
    revision: "1",
    managers: swarm.hosts.map(({ access }) => access),
    site: "hive.example",
    service: "ldap",
    serviceId: swarm.serviceId,
    steps: [schema, people],
    secrets: { schema: [], people: [secret] },
    volumes: [],
    ...changes,
  };
}

const ran = (): string[][] => swarm.runs.map(({ command }) => [...command]);
const recorded = (): string[] =>
  swarm.configs
    .map(({ Spec }) => `${Spec.Labels["hive.init.step"]} ${Spec.Labels["hive.init.result"]}`)
    .sort();
const writes = (): string[] =>
  swarm.hosts.flatMap(({ requests }) => requests.filter((line) => !line.startsWith("GET")));

describe("ServiceInitialization", () => {
  test("runs the steps in order on the task's host, secrets on standard input and nowhere else", async () => {
    swarm.place = "hive1.example";
    const { id, outs } = await server.create(inputs());
    expect(swarm.runs).toEqual([
      { host: "hive1.example", command: schema.command, user: "openldap", stdin: schema.input },
      { host: "hive1.example", command: people.command, user: "", stdin: `${secret}\n` },
    ]);
    expect(id).toBe("hive.example/ldap");
    expect(outs["done"]).toMatchObject([{ name: "schema" }, { name: "people" }]);
    expect(recorded()).toEqual(["people done", "schema done"]);
    const stored = JSON.stringify(swarm.configs);
    expect(stored).not.toContain(secret);
    expect(stored).not.toContain(Buffer.from(secret).toString("base64"));
    expect(JSON.stringify(outs["done"])).not.toContain(secret);
    expect(server.log()).not.toContain(secret);
  });

  test("an unchanged initialization has no diff; refresh of it shows nothing", async () => {
    const { id, outs } = await server.create(inputs());
    const before = swarm.hosts.map(({ connections }) => connections);
    expect((await server.diff(id, outs, inputs())).changes).toBe(false);
    expect(swarm.hosts.map(({ connections }) => connections)).toEqual(before);
    const seen = await server.read(id, outs);
    expect(seen.inputs).toEqual(inputs());
    expect((await server.diff(id, seen.props, inputs())).changes).toBe(false);
  });

  test("after a lost state nothing runs again: what is recorded counts as done", async () => {
    const first = await server.create(inputs());
    const before = writes();
    expect(await server.create(inputs())).toEqual(first);
    expect(writes()).toEqual(before);
  });

  test("a changed secret runs the steps that read it, and no other; the old record goes", async () => {
    const { id, outs } = await server.create(inputs());
    const news = inputs({ secrets: { schema: [], people: ["another"] } });
    expect(await server.diff(id, outs, news)).toMatchObject({ changes: true, replaces: [] });
    const updated = await server.update(id, outs, news);
    expect(ran()).toEqual([schema.command, people.command, people.command]);
    expect(recorded()).toEqual(["people done", "schema done"]);
    expect(updated["done"]).toMatchObject([(outs["done"] as object[])[0], { name: "people" }]);
    expect((updated["done"] as object[])[1]).not.toEqual((outs["done"] as object[])[1]);
  });

  test("a step that is no more leaves no record; other managers or another revision change the state only", async () => {
    const { id, outs } = await server.create(inputs());
    const one = await server.update(id, outs, inputs({ steps: [schema] }));
    expect(recorded()).toEqual(["schema done"]);
    const before = swarm.hosts.flatMap(({ requests }) => requests).length;
    const moved = inputs({ steps: [schema], revision: "2", managers: [swarm.hosts[1]?.access] });
    expect((await server.diff(id, one, moved)).changes).toBe(true);
    expect(await server.update(id, one, moved)).toMatchObject({
      revision: "2",
      done: one["done"],
    });
    expect(swarm.hosts.flatMap(({ requests }) => requests)).toHaveLength(before);
  });

  test("a step that fails stops the others; its error says where and why; what was done is kept", async () => {
    swarm.program = ({ command }) =>
      command[0] === "ldapadd"
        ? { code: 0 }
        : { code: 68, output: `bind with ${secret}\nentry exists\n` };
    const failed: unknown = await server
      .create(inputs({ steps: [schema, people, { ...schema, name: "after" }] }))
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(PartialFailure);
    const { message, id, properties } = failed as PartialFailure;
    expect(message).toMatch(
      /step 'people' of the service 'ldap' failed on hive0\.example with exit code 68[^]*bind with \[secret\]\n {2}entry exists[^]*run again/,
    );
    expect(properties["done"]).toMatchObject([{ name: "schema" }]);
    expect(recorded()).toEqual(["people failed", "schema done"]);
    expect(swarm.configs.map(({ Spec }) => Spec.Labels["hive.init.detail"])).toContain(
      "exit code 68 on hive0.example",
    );
    expect((await server.diff(id, properties, inputs())).changes).toBe(true);

    swarm.program = () => ({ code: 0 });
    const mended = await server.update(id, properties, inputs());
    expect(mended["done"]).toMatchObject([{ name: "schema" }, { name: "people" }]);
    expect(ran()).toEqual([schema.command, people.command, people.command]);
    expect(recorded()).toEqual(["people done", "schema done"]);
  });

  test("a failure with much data arrives: what it hands back stays small", async () => {
    swarm.program = () => ({ code: 1 });
    const large = { ...schema, input: "x".repeat(300_000) };
    await expect(server.create(inputs({ steps: [large] }))).rejects.toThrow(/exit code 1/);
    expect(swarm.runs[0]?.stdin).toHaveLength(300_000);
  });

  test("a failure with one long line of output arrives, cut, and without half a secret", async () => {
    // The line is cut within the masked secret.
    const output = `${"x".repeat(100_000)}${secret}${"é".repeat(1_996)}`;
    swarm.program = () => ({ code: 1, output });
    const failed: unknown = await server
      .create(inputs({ steps: [people] }))
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(PartialFailure);
    const { message } = failed as PartialFailure;
    expect(message).toMatch(/exit code 1[^]*\n {2}…ret\]é+\n[^]*run again/);
    expect(message.length).toBeLessThan(2500);
  });

  test("'unless' that ends with 0 stands for the step", async () => {
    swarm.program = ({ command }) => ({ code: command[0] === "test" ? 0 : 1 });
    const steps = [{ ...schema, unless: ["test", "-e", "/data"] }];
    const { outs } = await server.create(inputs({ steps }));
    expect(swarm.runs).toEqual([
      { host: "hive0.example", command: ["test", "-e", "/data"], user: "openldap", stdin: "" },
    ]);
    expect(outs["done"]).toMatchObject([{ name: "schema" }]);
    expect(recorded()).toEqual(["schema found"]);
  });

  test("runs where the task is then, when it goes away under the step", async () => {
    swarm.program = () => {
      if (swarm.place === "hive2.example") return { code: 0 };
      swarm.place = "hive2.example";
      return undefined;
    };
    await server.create(inputs({ steps: [schema] }));
    expect(swarm.runs.map(({ host }) => host)).toEqual(["hive0.example", "hive2.example"]);
    expect(recorded()).toEqual(["schema done"]);
  });

  test("waits until a task runs", async () => {
    swarm.place = undefined;
    setTimeout(() => (swarm.place = "hive0.example"), 1500);
    await server.create(inputs({ steps: [schema] }));
    expect(ran()).toEqual([schema.command]);
  });

  test("a task on a host that is not of the site is named", async () => {
    const some = inputs({ managers: swarm.hosts.slice(1).map(({ access }) => access) });
    await expect(server.create(some)).rejects.toThrow(
      /runs on hive0\.example, which is not among the hosts of the site \(hive1\.example, hive2\.example\)/,
    );
  });

  test("a removed record is drift under the inputs' names, and its step runs again", async () => {
    const { id, outs } = await server.create(inputs());
    const index = swarm.configs.findIndex(({ Spec }) => Spec.Labels["hive.init.step"] === "people");
    swarm.configs.splice(index, 1);
    const seen = await server.read(id, outs);
    expect(seen.inputs).toMatchObject({ steps: [schema], secrets: { schema: [] } });
    expect((await server.diff(id, seen.props, inputs())).changes).toBe(true);
    await server.update(id, seen.props, inputs());
    expect(ran()).toEqual([schema.command, people.command, people.command]);
  });

  test("without any manager, refresh keeps the state and delete goes through", async () => {
    const { id, outs } = await server.create(inputs());
    await Promise.all(swarm.hosts.map((host) => host.die()));
    expect((await server.read(id, outs)).inputs).toEqual(inputs());
    await server.delete(id, outs);
    expect(server.log()).toMatch(
      /initialization records of the service 'ldap' could not be removed/,
    );
    await Promise.all(swarm.hosts.map((host) => host.revive()));
  });

  test("delete removes the records of this service only, and may be repeated", async () => {
    const { id, outs } = await server.create(inputs());
    await server.create(inputs({ service: "mail" }));
    await server.delete(id, outs);
    await server.delete(id, outs);
    expect(swarm.configs.map(({ Spec }) => Spec.Labels["hive.init.service"])).toEqual([
      "mail",
      "mail",
    ]);
  });

  test("a renamed service does not load again what is on its volume; without the volume, it does", async () => {
    const old = await server.create(inputs({ volumes: ["data"] }));
    const renamed = inputs({ service: "directory", volumes: ["data"] });
    const { outs } = await server.create(renamed);
    expect(ran()).toEqual([schema.command, people.command]);
    expect(outs["done"]).toMatchObject([{ name: "schema" }, { name: "people" }]);
    // The run's last act is to delete what the site has no more; what the new service found stays
    // recorded.
    await server.delete(old.id, old.outs);
    await server.create(renamed);
    expect(ran()).toHaveLength(2);
    await server.create(inputs({ service: "other", volumes: ["elsewhere"] }));
    expect(ran()).toHaveLength(4);
  });

  test("what was loaded into a volume that was removed is loaded again into a new one of that name", async () => {
    await server.create(inputs({ volumes: ["data"] }));
    const managers = swarm.hosts.map(({ access }) => access);
    await forgetVolume({ managers, site: "hive.example" }, "other");
    expect(recorded()).toHaveLength(2);
    await forgetVolume({ managers, site: "hive.example" }, "data");
    expect(recorded()).toEqual([]);
    await server.create(inputs({ service: "directory", volumes: ["data"] }));
    expect(ran()).toHaveLength(4);
  });

  test("records of an older version count for their service, and name its volumes from then on", async () => {
    const { id, outs } = await server.create(inputs());
    for (const { Spec } of swarm.configs) delete Spec.Labels["hive.init.volumes"];
    await server.update(id, outs, inputs({ volumes: ["data"] }));
    expect(ran()).toHaveLength(2);
    expect(swarm.configs.map(({ Spec }) => Spec.Labels["hive.init.volumes"])).toEqual([
      "data",
      "data",
    ]);
  });

  test("another service or site replaces it", async () => {
    const { id, outs } = await server.create(inputs());
    expect(await server.diff(id, outs, inputs({ service: "directory" }))).toMatchObject({
      changes: true,
      replaces: ["service"],
    });
    expect(await server.diff(id, outs, inputs({ site: "x.example" }))).toMatchObject({
      replaces: ["site"],
    });
  });

  test("check names what is wrong without showing a secret, and waits with what is unknown", async () => {
    const steps = [
      { ...schema, name: "No Label" },
      { ...schema, command: [] },
      { ...schema, deadlineSeconds: 0 },
    ];
    const secrets = { schema: [`${secret}\nmore`] };
    const { failures } = await server.check(inputs({ steps, secrets, managers: [] }));
    expect(failures.map(({ reason }) => reason.split(":")[0])).toEqual([
      "managers",
      "steps[0]",
      "steps[1]",
      "secrets",
      "steps[2]",
      "steps[2]",
      "secrets",
    ]);
    expect(JSON.stringify(failures)).not.toContain(secret);
    const long = [{ ...schema, command: ["sh", "-c", "#".repeat(120 * 1024 + 1)] }];
    expect((await server.check(inputs({ steps: long }))).failures).toEqual([
      {
        property: "",
        reason: expect.stringMatching(
          /^steps\[0\]: \('schema'\).*121 KiB.*120 KiB.*'input'/,
        ) as string,
      },
    ]);
    const fitting = [{ ...schema, command: ["sh", "-c", "#".repeat(120 * 1024)] }];
    expect((await server.check(inputs({ steps: fitting }))).failures).toEqual([]);
    const unknown = inputs({ serviceId: unknownValue, secrets: { people: [unknownValue] } });
    expect((await server.check(unknown)).failures).toEqual([]);
    const olds = { ...inputs(), done: [] };
    expect(await server.diff("id", olds, unknown)).toMatchObject({
      changes: true,
      replaces: [],
    });
  });
});
