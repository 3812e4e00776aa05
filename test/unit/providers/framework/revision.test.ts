import type * as pulumi from "@pulumi/pulumi";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { certificateAuthorityProvider } from "../../../../providers/certificate/authority-provider";
import { certificateProvider } from "../../../../providers/certificate/provider";
import { revisionOf } from "../../../../providers/framework/packed";
import { sshKeyPairProvider } from "../../../../providers/ssh-key-pair/provider";

type Provider = pulumi.dynamic.ResourceProvider<object, object>;

const sayings = { one: "one", two: "two" };
const said = (): string => sayings.one;
const saidOtherwise = (): string => sayings.two;

const base: Provider = {
  check: (_olds, inputs) => Promise.resolve({ inputs, failures: [] }),
  create: (outs) => Promise.resolve({ id: "1", outs }),
  read: (id, props = {}) => Promise.resolve({ id, props: { ...props, said: said() } }),
  update: (_id, _olds, outs) => Promise.resolve({ outs }),
  delete: () => Promise.resolve(),
};

test("code of which a person keeps the revision is the one that this number stands for; raise it in the resource if this fails", async () => {
  const keyPair = await revisionOf(`revision-test-${process.pid}-key`, sshKeyPairProvider);
  const certificates = [
    await revisionOf(`revision-test-${process.pid}-certificate`, certificateProvider),
    await revisionOf(`revision-test-${process.pid}-authority`, certificateAuthorityProvider),
  ];
  // The first one differs from what older states hold: that code looks at the operator's file,
  // which their state names, and still may.
  expect({ 1: keyPair, 2: certificates }).toMatchInlineSnapshot(`
    {
      "1": "41151a9a41eb",
      "2": [
        "b2282d311283",
        "e05c1599db0f",
      ],
    }
  `);
});

/** Under a name of its own, so that no text of another provider is kept for it. */
let count = 0;
const folder = join(__dirname, "../../../../node_modules/.cache/hive-providers");
afterAll(() => {
  for (const file of readdirSync(folder))
    if (file.startsWith(`revision-test-${process.pid}-`)) rmSync(join(folder, file));
});
const revision = (changes: Partial<Provider> = {}): Promise<string> =>
  revisionOf(`revision-test-${process.pid}-${count++}`, { ...base, ...changes });

test("a provider's revision is of the code that runs from the state, and of nothing else", async () => {
  const own = await revision();
  expect(own).toMatch(/^[0-9a-f]{12}$/);
  expect(await revision()).toBe(own);
  expect(await revision({ update: () => Promise.resolve({ outs: { new: true } }) })).toBe(own);
  expect(await revision({ create: () => Promise.reject(new Error("no")) })).toBe(own);
  expect(await revision({ delete: () => Promise.reject(new Error("no")) })).not.toBe(own);
  // What a method calls belongs to it.
  const other = await revision({
    read: (id, props = {}) => Promise.resolve({ id, props: { ...props, said: saidOtherwise() } }),
  });
  expect(other).not.toBe(own);
});
