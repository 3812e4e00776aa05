import * as pulumi from "@pulumi/pulumi";
import { Module } from "node:module";
import { decideSwarm } from "../../../model/swarm/membership";
import { describeSwarmStep } from "../../../model/swarm/step";

/** Runs a function as the engine does: from its serialized text, without any of our files. */
async function revived<F extends (...parameters: never[]) => unknown>(run: F): Promise<F> {
  const { text, exportName } = await pulumi.runtime.serializeFunction(run);
  expect(text).not.toContain(__dirname);
  const module = new Module("") as Module & { _compile(text: string, file: string): void };
  module._compile(text, "");
  return (module.exports as Record<string, F>)[exportName] as F;
}

describe("decisions work inside a dynamic provider, from their text alone", () => {
  test("membership of a Swarm", async () => {
    const decide = await revived(decideSwarm);
    const describeStep = await revived(describeSwarmStep);
    const members = ["hive0", "hive1"].map((name) => ({ name, labels: {} }));
    const decision = decide(
      { members, heartbeatSeconds: 2, taskHistoryLimit: 5 },
      { hosts: { hive0: { state: "inactive" }, hive1: { state: "inactive" } } },
    );
    expect(decision.kind === "steps" && decision.steps.map(describeStep)).toEqual([
      "create a Swarm on hive0",
      "set the heartbeat to 2 s and the task history to 5",
      "make hive1 join as a manager through hive0",
    ]);
  });
});
