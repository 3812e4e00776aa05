import fc from "fast-check";
import { decideSwarm } from "../../../../model/swarm/membership";
import type { WantedSwarm } from "../../../../model/swarm/observation";
import { describeSwarmStep, type SwarmStep } from "../../../../model/swarm/step";
import { SimulatedSwarm } from "../simulated-swarm";

const three = ["hive0", "hive1", "hive2"];

function wantedOf(names: readonly string[], departed: readonly string[] = []): WantedSwarm {
  return {
    members: names.map((name) => ({ name, labels: { "hive.zone": `zone-of-${name}` } })),
    departed,
    heartbeatSeconds: 2,
    taskHistoryLimit: 5,
  };
}

function swarmOf(managers: readonly string[], blank: readonly string[] = []): SimulatedSwarm {
  const swarm = new SimulatedSwarm();
  for (const name of [...managers, ...blank]) swarm.addHost(name);
  for (const name of managers) swarm.addNode(name, "manager");
  return swarm;
}

function stepsOf(swarm: SimulatedSwarm, wanted: WantedSwarm): readonly SwarmStep[] {
  const decision = decideSwarm(wanted, swarm.observe());
  if (decision.kind === "refusal") throw new Error(JSON.stringify(decision.reasons, null, 2));
  return decision.steps;
}

function notesOf(swarm: SimulatedSwarm, wanted: WantedSwarm): readonly string[] {
  const decision = decideSwarm(wanted, swarm.observe());
  const notes = decision.kind === "refusal" ? decision.reasons : decision.notes;
  return notes.map((note) => `${note.host} ${note.message}; ${note.remedy}`);
}

function converge(swarm: SimulatedSwarm, wanted: WantedSwarm): readonly SwarmStep[] {
  const steps = stepsOf(swarm, wanted);
  for (const step of steps) swarm.apply(step);
  return steps;
}

function membership(steps: readonly SwarmStep[]): readonly string[] {
  return steps
    .filter((step) => step.kind !== "labels" && step.kind !== "settings")
    .map(describeSwarmStep);
}

describe("a Swarm from nothing", () => {
  test("begins on the first host; the others come in one by one", () => {
    const swarm = swarmOf([], three);
    expect(membership(converge(swarm, wantedOf(three)))).toEqual([
      "create a Swarm on hive0",
      "make hive1 join as a manager through hive0",
      "make hive2 join as a manager through hive0",
    ]);
    expect(swarm.heartbeatSeconds).toBe(2);
    expect(swarm.nodes.map((node) => node.labels["hive.zone"])).toEqual([
      "zone-of-hive0",
      "zone-of-hive1",
      "zone-of-hive2",
    ]);
    expect(stepsOf(swarm, wantedOf(three))).toEqual([]);
  });

  test("begins on another host when the first is dead, and says so", () => {
    const swarm = swarmOf([], three);
    swarm.kill("hive0");
    expect(membership(stepsOf(swarm, wantedOf(three)))).toEqual([
      "create a Swarm on hive1",
      "make hive2 join as a manager through hive1",
    ]);
    expect(notesOf(swarm, wantedOf(three))).toEqual([
      "hive0 does not answer; it is not in the Swarm; bring the host back and run again",
    ]);
  });

  test("does not begin while most hosts are silent: one of them may hold a Swarm", () => {
    const swarm = swarmOf([], three);
    swarm.kill("hive0");
    swarm.kill("hive2");
    expect(decideSwarm(wantedOf(three), swarm.observe()).kind).toBe("refusal");
    expect(notesOf(swarm, wantedOf(three)).map((note) => note.slice(0, 5))).toEqual([
      "hive0",
      "hive2",
    ]);
  });
});

describe("a Swarm that exists", () => {
  test("is adopted as it is, also when another tool made it", () => {
    const swarm = swarmOf(["hive1"], ["hive0", "hive2"]);
    expect(membership(converge(swarm, wantedOf(three)))).toEqual([
      "make hive0 join as a manager through hive1",
      "make hive2 join as a manager through hive1",
    ]);
    expect(swarm.voters()).toHaveLength(3);
  });

  test("with a worker: it becomes a manager", () => {
    const swarm = swarmOf(["hive0", "hive1"], ["hive2"]);
    swarm.addNode("hive2", "worker");
    expect(membership(stepsOf(swarm, wantedOf(three)))).toEqual(["promote hive2 to a manager"]);
  });

  test("with one dead host: nothing is done to it, the others get what they lack", () => {
    const swarm = swarmOf(three);
    converge(swarm, wantedOf(three));
    swarm.kill("hive0");
    swarm.heartbeatSeconds = 5;
    const node = swarm.nodes[1];
    if (node !== undefined)
      node.labels = { other: "kept", "hive.old": "gone", "hive.with.db": "true" };
    expect(stepsOf(swarm, wantedOf(three))).toEqual([
      { kind: "settings", through: "hive1", heartbeatSeconds: 2, taskHistoryLimit: 5 },
      {
        kind: "labels",
        name: "hive1",
        nodeId: "node2",
        through: "hive1",
        set: { "hive.zone": "zone-of-hive1" },
        unset: ["hive.old"],
      },
    ]);
    expect(notesOf(swarm, wantedOf(three))).toEqual([
      "hive0 does not answer; its node stays in the list; bring the host back and run again",
    ]);
  });

  test("has the labels of the stage on the nodes that are to have them, and leaves those of others alone", () => {
    const swarm = swarmOf(three);
    const wanted = (first: Record<string, string>, formerLabels: readonly string[] = []) => {
      const { members, ...rest } = wantedOf(three);
      return {
        ...rest,
        members: members.map((member, index) =>
          index === 0 ? { ...member, labels: { ...member.labels, ...first } } : member,
        ),
        formerLabels,
      };
    };
    converge(swarm, wanted({ disk: "ssd" }));
    expect(swarm.nodes.map((node) => node.labels["disk"])).toEqual(["ssd", undefined, undefined]);
    expect(stepsOf(swarm, wanted({ disk: "ssd" }))).toEqual([]);

    // A hand sets a label of the stage on another node, and one that is its own.
    for (const node of swarm.nodes) node.labels = { ...node.labels, disk: "ssd", mine: "1" };
    converge(swarm, wanted({ disk: "hdd" }, ["disk"]));
    expect(swarm.nodes.map((node) => node.labels["disk"])).toEqual(["hdd", undefined, undefined]);
    converge(swarm, wanted({}, ["disk"]));
    expect(swarm.nodes.map((node) => node.labels)).toEqual(
      three.map((name) => ({ "hive.zone": `zone-of-${name}`, mine: "1" })),
    );
    expect(stepsOf(swarm, wanted({}))).toEqual([]);
  });

  test("with a server that was made anew: the vote of the old one goes before the new one comes", () => {
    const swarm = swarmOf(three);
    swarm.wipe("hive2");
    expect(membership(converge(swarm, wantedOf(three)))).toEqual([
      "demote hive2 (node node3)",
      "remove hive2 (node node3) from the list of nodes",
      "make hive2 join as a manager through hive0",
    ]);
    expect(stepsOf(swarm, wantedOf(three))).toEqual([]);
  });

  test("with an engine that has given up: it forgets its Swarm and comes in again", () => {
    const swarm = swarmOf(three);
    swarm.break("hive1");
    expect(membership(converge(swarm, wantedOf(three)))).toEqual([
      "demote hive1 (node node2)",
      "remove hive1 (node node2) from the list of nodes",
      "make hive1 leave its Swarm",
      "make hive1 join as a manager through hive0",
    ]);
  });

  test("with a host that came back after it had been taken off the list", () => {
    const swarm = swarmOf(three);
    swarm.nodes = swarm.nodes.filter((node) => node.hostname !== "hive2");
    expect(membership(converge(swarm, wantedOf(three)))).toEqual([
      "make hive2 leave its Swarm",
      "make hive2 join as a manager through hive0",
    ]);
  });

  test("keeps a host drained that an operator drained, and mentions it", () => {
    const swarm = swarmOf(three);
    converge(swarm, wantedOf(three));
    const node = swarm.nodes[2];
    if (node !== undefined) node.availability = "drain";
    expect(stepsOf(swarm, wantedOf(three))).toEqual([]);
    expect(notesOf(swarm, wantedOf(three))[0]).toContain("hive2 takes no tasks: it is drained");
  });

  test("leaves nodes alone that are not in the inventory", () => {
    const swarm = swarmOf([...three, "stranger"]);
    converge(swarm, wantedOf(three));
    expect(swarm.nodes.map((node) => node.hostname)).toContain("stranger");
    expect(notesOf(swarm, wantedOf(three))[0]).toContain("docker node rm --force node4");
  });
});

describe("growing and shrinking", () => {
  test("waits with a new manager while its failure could cost the majority", () => {
    const swarm = swarmOf(three, ["hive3", "hive4"]);
    swarm.kill("hive1");
    const wanted = wantedOf([...three, "hive3", "hive4"]);
    expect(membership(stepsOf(swarm, wanted))).toEqual([]);
    expect(notesOf(swarm, wanted).filter((note) => note.includes("cannot join"))).toHaveLength(2);
  });

  test("lets departed hosts go one after the other", () => {
    const swarm = swarmOf([...three, "hive3", "hive4"]);
    const wanted = wantedOf(three, ["hive3", "hive4"]);
    expect(membership(converge(swarm, wanted)).slice(0, 4)).toEqual([
      "set the availability of hive3 to drain",
      "demote hive3 (node node4)",
      "make hive3 leave its Swarm",
      "remove hive3 (node node4) from the list of nodes",
    ]);
    expect(swarm.nodes.map((node) => node.hostname)).toEqual(three);
    expect(stepsOf(swarm, wanted)).toEqual([]);
  });

  test("replaces all hosts at once without losing the majority", () => {
    const swarm = swarmOf(three, ["new0", "new1", "new2"]);
    const wanted = wantedOf(["new0", "new1", "new2"], three);
    converge(swarm, wanted);
    expect(swarm.nodes.map((node) => node.hostname)).toEqual(["new0", "new1", "new2"]);
  });

  test("strikes a dead departed host off before a new one comes in", () => {
    const swarm = swarmOf(three, ["hive3"]);
    swarm.kill("hive1");
    const wanted = wantedOf(["hive0", "hive2", "hive3"], ["hive1"]);
    expect(membership(converge(swarm, wanted))).toEqual([
      "demote hive1 (node node2)",
      "remove hive1 (node node2) from the list of nodes",
      "make hive3 join as a manager through hive0",
    ]);
  });
});

describe("refusals say what to do", () => {
  test("the majority is lost", () => {
    const swarm = swarmOf(three);
    swarm.kill("hive0");
    swarm.kill("hive2");
    const [note = ""] = notesOf(swarm, wantedOf(three));
    expect(note).toContain("hive1 belongs to a Swarm without a majority of managers");
    expect(note).toContain("bring back hive0, hive2 and run again");
    expect(note).toContain("run on hive1: docker swarm init --force-new-cluster");
  });

  test("two servers made anew at once, before the third has noticed", () => {
    const swarm = swarmOf(three);
    const before = swarm.observe();
    swarm.wipe("hive1");
    swarm.wipe("hive2");
    const decision = decideSwarm(wantedOf(three), { ...before, hosts: swarm.observe().hosts });
    expect(decision.kind).toBe("refusal");
  });

  test("hosts in different Swarms", () => {
    const swarm = swarmOf(["hive0", "hive1"], ["hive2"]);
    const seen = swarm.observe();
    const decision = decideSwarm(wantedOf(three), {
      ...seen,
      hosts: {
        ...seen.hosts,
        hive2: { state: "active", nodeId: "x", isManager: true, clusterId: "other" },
      },
    });
    expect(decision).toMatchObject({ kind: "refusal", reasons: [{ host: "hive2" }] });
    expect(JSON.stringify(decision)).toContain("run on hive2: docker swarm leave --force");
  });

  test("a worker of a Swarm that ours does not know", () => {
    const swarm = swarmOf(["hive0", "hive1"], ["hive2"]);
    const seen = swarm.observe();
    const hosts = {
      ...seen.hosts,
      hive2: { state: "active" as const, nodeId: "foreign", isManager: false },
    };
    expect(decideSwarm(wantedOf(three), { ...seen, hosts })).toMatchObject({
      kind: "refusal",
      reasons: [{ host: "hive2" }],
    });
  });

  test.each(["pending", "locked", "error"] as const)(
    "a host whose Swarm is %s and no manager",
    (state) => {
      const decision = decideSwarm(wantedOf(three), {
        hosts: { hive0: { state }, hive1: { state: "inactive" }, hive2: { state: "inactive" } },
      });
      expect(decision).toMatchObject({ kind: "refusal", reasons: [{ host: "hive0" }] });
    },
  );
});

/** What may have happened to a host before a run. */
const fates = [
  "manager",
  "worker",
  "blank",
  "wiped",
  "dead",
  "dead-blank",
  "broken",
  "forgotten",
] as const;

// Mostly managers that live: otherwise most worlds have no majority and end in a refusal.
const fateOfHost = fc.oneof(
  { weight: 8, arbitrary: fc.constant("manager" as const) },
  { weight: 8, arbitrary: fc.constantFrom(...fates) },
);

const worlds = fc.record({
  members: fc.array(fateOfHost, { minLength: 1, maxLength: 7 }),
  departed: fc.array(fateOfHost, { maxLength: 3 }),
});

function worldOf(
  members: readonly (typeof fates)[number][],
  departed: readonly (typeof fates)[number][],
): { swarm: SimulatedSwarm; wanted: WantedSwarm } {
  const swarm = new SimulatedSwarm();
  const memberNames = members.map((_, index) => `hive${index}`);
  const departedNames = departed.map((_, index) => `old${index}`);
  [...members, ...departed].forEach((fate, index) => {
    const name = memberNames[index] ?? departedNames[index - members.length] ?? "";
    swarm.addHost(name);
    if (["manager", "wiped", "dead", "broken", "forgotten"].includes(fate))
      swarm.addNode(name, "manager");
    if (fate === "worker") swarm.addNode(name, "worker");
    if (fate === "wiped") swarm.wipe(name);
    if (fate === "broken") swarm.break(name);
    if (fate.startsWith("dead")) swarm.kill(name);
    if (fate === "forgotten") swarm.nodes = swarm.nodes.filter((node) => node.hostname !== name);
  });
  return { swarm, wanted: wantedOf(memberNames, departedNames) };
}

describe("whatever happened before", () => {
  test("steps keep the majority, one run reaches all that can be reached, a second has nothing to do", () => {
    let decided = 0;
    fc.assert(
      fc.property(worlds, ({ members, departed }) => {
        const { swarm, wanted } = worldOf(members, departed);
        fc.pre(swarm.nodes.length > 0 || !members.includes("forgotten"));
        const first = decideSwarm(wanted, swarm.observe());
        if (first.kind === "refusal") {
          expect(first.reasons.length).toBeGreaterThan(0);
          return;
        }
        decided += 1;
        for (const step of first.steps) swarm.apply(step);
        const second = decideSwarm(wanted, swarm.observe());
        expect(second).toMatchObject({ kind: "steps", steps: [] });
        const noted = first.notes.map((note) => note.host);
        for (const { name } of wanted.members) {
          const isIn = swarm.voters().some((node) => node.hostname === name && swarm.isAlive(node));
          expect(isIn || noted.includes(name)).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
    // The property is about decisions, not about refusals alone.
    expect(decided).toBeGreaterThan(200);
  });

  test("with a majority behind it and any one host dead, there is never a refusal", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(3, 5, 7),
        fc.nat(6),
        fc.constantFrom("dead" as const, "wiped" as const, "broken" as const),
        (count, victim, fate) => {
          const members = Array.from({ length: count }, (_, index) =>
            index === victim % count ? fate : ("manager" as const),
          );
          const { swarm, wanted } = worldOf(members, []);
          for (const step of stepsOf(swarm, wanted)) swarm.apply(step);
          expect(swarm.voters().filter((node) => swarm.isAlive(node)).length).toBe(
            fate === "dead" ? count - 1 : count,
          );
        },
      ),
    );
  });
});
