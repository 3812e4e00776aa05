import fc from "fast-check";

import {
  hashStep,
  type InitializationStep,
  stepInput,
} from "../../../../model/initialization/step";
import {
  findRecord,
  finishedStep,
  fromEngineConfigs,
  isOfOtherPlace,
  type NewInitializationRecord,
  toEngineConfig,
} from "../../../../model/initialization/record";

const step: InitializationStep = {
  name: "load",
  command: ["ldapadd", "-x"],
  input: "dn: uid=ada\n",
  unless: [],
  user: "",
  deadlineSeconds: 60,
};
const key = "0123456789abcdef";
const place = { service: "ldap", volumes: [] };

function record(changes: Partial<NewInitializationRecord> = {}): NewInitializationRecord {
  return {
    site: "hive.example",
    service: "ldap",
    step: "load",
    result: "done",
    at: "2026-11-25T10:00:00.000Z",
    detail: "on hive0.example",
    key,
    hash: hashStep(step, ["secret"], key),
    ...changes,
  };
}

/** As an engine gives it back. */
function stored(...records: NewInitializationRecord[]): ReturnType<typeof fromEngineConfigs> {
  return fromEngineConfigs(
    records.map((each, index) => ({ ID: String(index), Spec: toEngineConfig(each) })),
  );
}

describe("a step's content", () => {
  test("on standard input: secrets one a line, then the input as it is", () => {
    expect(stepInput(step, ["one", "two"])).toBe("one\ntwo\ndn: uid=ada\n");
    expect(stepInput({ ...step, input: "" }, [])).toBe("");
  });

  test.each<[string, Partial<InitializationStep>, string[]]>([
    ["command", { command: ["ldapadd", "-x", "-c"] }, ["secret"]],
    ["where the words of the command end", { command: ["ldapadd -x"] }, ["secret"]],
    ["input", { input: "dn: uid=bob\n" }, ["secret"]],
    ["unless", { unless: ["test", "-e", "/done"] }, ["secret"]],
    ["user", { user: "openldap" }, ["secret"]],
    ["a secret", {}, ["other"]],
    ["a secret more", {}, ["secret", ""]],
  ])("another %s is another content", (_what, changes, secrets) => {
    expect(hashStep({ ...step, ...changes }, secrets, key)).not.toBe(
      hashStep(step, ["secret"], key),
    );
  });

  test("another deadline is not", () => {
    expect(hashStep({ ...step, deadlineSeconds: 1 }, ["secret"], key)).toBe(
      hashStep(step, ["secret"], key),
    );
  });
});

describe("a record", () => {
  test("is what was written", () => {
    expect(stored(record())).toEqual([{ id: "0", ...record() }]);
  });

  test("is found for exactly its content, and never when the step failed", () => {
    expect(findRecord(step, ["secret"], stored(record()), place)?.id).toBe("0");
    expect(findRecord(step, ["other"], stored(record()), place)).toBeUndefined();
    expect(
      findRecord({ ...step, name: "grant" }, ["secret"], stored(record()), place),
    ).toBeUndefined();
    expect(
      findRecord(step, ["secret"], stored(record({ result: "failed" })), place),
    ).toBeUndefined();
    expect(findRecord(step, ["secret"], stored(record({ result: "found" })), place)?.id).toBe("0");
  });

  test.each<[string, Partial<NewInitializationRecord>, string, string[], boolean]>([
    ["of an older version, its service", {}, "ldap", ["data"], true],
    ["of an older version, another service", {}, "ldap2", ["data"], false],
    ["the volume under another service", { volumes: ["data"] }, "ldap2", ["data"], true],
    ["the volume beside a new one", { volumes: ["data"] }, "ldap", ["data", "more"], true],
    ["another volume of the service", { volumes: ["data"] }, "ldap", ["other"], false],
    ["no volume any more", { volumes: ["data"] }, "ldap", [], false],
    ["one of two volumes", { volumes: ["data", "more"] }, "ldap2", ["data"], false],
    ["no volume, its service", { volumes: [] }, "ldap", [], true],
    ["no volume, another service", { volumes: [] }, "ldap2", [], false],
    ["a first volume", { volumes: [] }, "ldap", ["data"], false],
  ])("counts where the data is: %s", (_what, changes, service, volumes, counts) => {
    const found = findRecord(step, ["secret"], stored(record(changes)), { service, volumes });
    expect(found !== undefined).toBe(counts);
  });

  test("of the service itself comes before one of another service", () => {
    const other = record({ service: "old", volumes: ["data"] });
    const own = record({ volumes: ["data"] });
    const where = { service: "ldap", volumes: ["data"] };
    const found = findRecord(step, ["secret"], stored(other, own), where);
    expect(found?.service).toBe("ldap");
    expect([other, own, record()].map((one) => isOfOtherPlace({ id: "", ...one }, where))).toEqual([
      true,
      false,
      true,
    ]);
  });

  test("shows nothing of the content", () => {
    const config = toEngineConfig(record());
    const text = JSON.stringify(config) + Buffer.from(config.Data, "base64").toString();
    for (const word of ["secret", "ldapadd", "uid=ada"]) expect(text).not.toContain(word);
    expect(finishedStep(record())).toEqual({
      name: "load",
      hash: record().hash,
      at: "2026-11-25T10:00:00.000Z",
    });
  });

  test("of others is left alone", () => {
    const foreign = { Name: "nginx.conf", Labels: {}, Data: "e30=" };
    const broken = { ...toEngineConfig(record()), Data: "no json" };
    expect(
      fromEngineConfigs([
        { ID: "1", Spec: foreign },
        { ID: "2", Spec: broken },
      ]),
    ).toEqual([]);
  });

  test("has a name that every engine takes, whatever the names of service and step", () => {
    const word = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
    fc.assert(
      fc.property(word, word, (service, name) => {
        const hash = hashStep({ ...step, name }, [], key);
        const config = toEngineConfig(record({ service, step: name, hash }));
        // swarmkit, validateConfigSecretName
        expect(config.Name).toMatch(/^[a-zA-Z0-9]+(?:[a-zA-Z0-9-_.]*[a-zA-Z0-9])?$/);
        expect(config.Name.length).toBeLessThanOrEqual(64);
        if (service.length + name.length <= 44)
          expect(config.Name).toBe(`hive.init.${service}.${name}.${hash.slice(0, 8)}`);
      }),
    );
  });
});
