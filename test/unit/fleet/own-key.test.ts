import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownKeyFault, requireOwnKey, type StageAccess } from "../../../fleet/own-key";
import type { OperatorPlan } from "../../../model/plan";
import { generateOpenSshKeyPair } from "../../../providers/ssh-key-pair/openssh-key";
import { withEnvironment } from "../../environment";
import { startAgent } from "../../ssh-agent";

const mine = generateOpenSshKeyPair("mine");
const anna: OperatorPlan = {
  name: "anna",
  publicKey: generateOpenSshKeyPair("anna").publicKey,
};
const me: OperatorPlan = { name: "me", publicKey: mine.publicKey };
const planOf = (...operators: OperatorPlan[]): StageAccess => ({ stage: "private", operators });

let folder: string;
let keyFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hive-own-key-"));
  keyFile = join(folder, "key");
  writeFileSync(keyFile, mine.privateKey, { mode: 0o600 });
});
afterEach(() => rmSync(folder, { recursive: true }));

const fault = (
  plan: StageAccess,
  variables: Readonly<Record<string, string>> = {},
): Promise<string | undefined> =>
  withEnvironment(
    { HIVE_HOME: join(folder, "home"), HIVE_SSH_KEY: "", SSH_AUTH_SOCK: "", ...variables },
    () => ownKeyFault(plan),
  );

test("a stage without operators has its own key: nothing is asked of this computer", async () => {
  expect(await fault(planOf())).toBeUndefined();
});

test("a computer with no key is told how to name one", async () => {
  expect(await fault(planOf(anna))).toMatch(/has no SSH key .*HIVE_SSH_KEY.*ssh-add/);
});

test("a computer whose key is another one would be locked out, and hears whose keys would do", async () => {
  expect(await fault(planOf(anna), { HIVE_SSH_KEY: keyFile })).toMatch(
    /No key of this computer \(the key file .*key\) .* operators of the stage: anna\. .*lock it out.*hive:operators in Pulumi\.private\.yaml/,
  );
});

test("one of the operators may run", async () => {
  expect(await fault(planOf(anna, me), { HIVE_SSH_KEY: keyFile })).toBeUndefined();
});

test("a key in the agent is enough, a stranger's is not", async () => {
  const socket = join(folder, "agent");
  const agent = await startAgent(socket, mine.privateKey);
  try {
    expect(await fault(planOf(anna, me), { SSH_AUTH_SOCK: socket })).toBeUndefined();
    expect(await fault(planOf(anna), { SSH_AUTH_SOCK: socket })).toMatch(/the SSH agent/);
  } finally {
    agent.close();
  }
});

test("an agent that does not answer is given the benefit of the doubt", async () => {
  expect(await fault(planOf(anna), { SSH_AUTH_SOCK: join(folder, "nobody") })).toBeUndefined();
});

test("an agent that is gone does not hide that the key file is a stranger's", async () => {
  const variables = { HIVE_SSH_KEY: keyFile, SSH_AUTH_SOCK: join(folder, "nobody") };
  expect(await fault(planOf(anna), variables)).toMatch(/lock it out/);
});

test("a key file that cannot be used is named, and ends a run before anything is changed", async () => {
  const missing = join(folder, "missing");
  await withEnvironment(
    { HIVE_HOME: folder, HIVE_SSH_KEY: missing, SSH_AUTH_SOCK: "" },
    async () => {
      await expect(requireOwnKey(planOf(me))).rejects.toThrow(
        /key file .*missing does not exist.*Nothing was changed/,
      );
    },
  );
});
