import { hostState } from "../../../../providers/swarm-cluster/observe";

const swarm = { NodeID: "n1", ControlAvailable: true, LocalNodeState: "active", Error: "" };

describe("what an engine says of its part in a Swarm", () => {
  test("a manager tells its Swarm, a worker does not", () => {
    expect(hostState({ Swarm: { ...swarm, Cluster: { ID: "c1" } } })).toEqual({
      state: "active",
      nodeId: "n1",
      isManager: true,
      clusterId: "c1",
    });
    expect(hostState({ Swarm: { ...swarm, ControlAvailable: false } })).toEqual({
      state: "active",
      nodeId: "n1",
      isManager: false,
    });
  });

  test("a manager without a leader cannot tell its Swarm; that is no other Swarm", () => {
    expect(hostState({ Swarm: { ...swarm, Cluster: { ID: "" } } })).toEqual({
      state: "active",
      nodeId: "n1",
      isManager: true,
    });
  });

  test.each(["pending", "error", "locked"])("%s comes with the engine's reason", (state) => {
    expect(hostState({ Swarm: { ...swarm, LocalNodeState: state, Error: "why" } })).toEqual({
      state,
      detail: "why",
    });
  });

  test("an engine without Swarm, or one that never heard of it, is inactive", () => {
    expect(hostState({ Swarm: { ...swarm, LocalNodeState: "inactive" } })).toEqual({
      state: "inactive",
    });
    expect(hostState({})).toEqual({ state: "inactive" });
  });
});
