import { lostText } from "../../../../rehearsal/scenario/report";
import { serviceRows, stepRows, verdictText } from "../../../../rehearsal/scenario/report-rows";
import { reportWith, sampleAt, scenarioWith, zoneLoss, zoneLossSteps } from "./seen";

const expecting = (words: string) => scenarioWith(`steps: [{ heal: all }]\nexpect: ${words}`);
const none = { wanted: 2, possible: 2, on: [] };

describe("until DRBD is built, the report of a lost zone names what was lost with a local volume", () => {
  const sentence =
    "ldap could not run on another server: its local volume ldap-data is on s-hive1 alone. It was away for 72 s, until s-hive1 was back.";

  test("with its volume, its server, and how long it was away", () => {
    const { lost, problems } = reportWith();
    expect(lost).toEqual([
      { service: "ldap", volumes: ["ldap-data"], server: "s-hive1", seconds: 72, isBack: true },
    ]);
    expect(lost.map(lostText)).toEqual([sentence]);
    expect(problems).toEqual([sentence]);
  });

  test("also where the scenario expects it: then it is no problem", () => {
    const { lost, problems } = reportWith({ scenario: expecting("{ lost: [ldap] }") });
    expect(lost.map(({ service }) => service)).toEqual(["ldap"]);
    expect(problems).toEqual([]);
  });

  test("also if the Swarm had no answer any more, with too few managers", () => {
    const samples = [
      sampleAt(0),
      ...[10, 50, 100].map((at) => sampleAt(at, { down: ["s-hive0", "s-hive1"], swarmAt: 5 })),
      sampleAt(110),
    ];
    expect(reportWith({ samples }).lost).toMatchObject([{ service: "ldap", seconds: 100 }]);
  });

  test("and says which ones are not back", () => {
    const samples = [sampleAt(0), ...[10, 20].map((at) => sampleAt(at, { down: ["s-hive1"] }))];
    const { lost, servers } = reportWith({ samples });
    expect(lost).toMatchObject([{ isBack: false, seconds: 10 }]);
    expect(lost.map(lostText)[0]).toMatch(/on s-hive1 alone\. It is still away\.$/);
    expect(servers[1]?.downs).toEqual([{ from: 10, to: 20, ended: false }]);
  });

  test("with all its volumes, or those of the service that it runs with", () => {
    const one = { service: "a", server: "s-hive1", seconds: 9.6, isBack: true };
    expect(lostText({ ...one, volumes: ["data", "index"] })).toBe(
      "a could not run on another server: its local volumes data, index are on s-hive1 alone. It was away for 10 s, until s-hive1 was back.",
    );
    expect(lostText({ ...one, volumes: ["data"], with: "b" })).toContain(
      "it runs with b, whose local volume data is on s-hive1 alone",
    );
  });
});

describe("a report", () => {
  test("has each service's availability, outages, where it ran then, and its reduced time", () => {
    expect(serviceRows(reportWith())).toEqual([
      ["gate", "100 %", "none", "-", "1 min 10 s"],
      ["ldap", "28.0 %", "1 min 12 s", "s-hive1", "-"],
      ["portal", "100 %", "none", "-", "-"],
      ["worker", "100 %", "none", "-", "15 s"],
    ]);
  });

  test("has the zones of servers, and when they were down", () => {
    expect(reportWith().servers).toEqual([
      { name: "s-hive0", zone: "eu-central-1a", downs: [] },
      {
        name: "s-hive1",
        zone: "eu-central-1b",
        downs: [{ from: 10, to: 75, ended: true }],
      },
      { name: "s-hive2", zone: "eu-central-1c", downs: [] },
      { name: "s-hive3", zone: "eu-central-1a", downs: [] },
    ]);
  });

  test("counts several outages, and never rounds up to what was not there", () => {
    const away = (at: number) => sampleAt(at, { tasks: { worker: none } });
    const [, , , row] = serviceRows(
      reportWith({
        samples: [sampleAt(0), away(1), sampleAt(2), away(5000), sampleAt(5003), sampleAt(10_000)],
      }),
    );
    expect(row).toEqual(["worker", "99.9 %", "3 s (of 2)", "s-hive1, s-hive2", "-"]);
  });

  test("does not take for a return that nothing is known any more", () => {
    const samples = [
      sampleAt(0),
      sampleAt(10, { tasks: { worker: none } }),
      sampleAt(100, { swarmAt: 10 }),
      sampleAt(110, { swarmAt: 10 }),
    ];
    const { services } = reportWith({ samples });
    expect(services.find(({ name }) => name === "worker")?.outages).toEqual([
      { from: 10, to: 100, ended: false, backOn: [] },
    ]);
    expect(serviceRows(reportWith({ samples }))[3]?.[3]).toBe("not back");
  });

  test("does not call available what it knows nothing of", () => {
    const silent = [0, 1].map((at) => sampleAt(at, { swarmAt: null }));
    const rows = serviceRows(reportWith({ samples: silent }));
    expect(rows.map(([name, available]) => [name, available])).toEqual([
      ["gate", "100 %"],
      ["ldap", "?"],
      ["portal", "100 %"],
      ["worker", "?"],
    ]);
  });

  test("can have nothing to say of where a service is back", () => {
    const all = [0, 1, 2].map((index) => `https://198.18.0.${index + 4}/`);
    const noTasks = { tasks: { gate: { wanted: 0, possible: 0, on: [] } } };
    const samples = [
      sampleAt(0, noTasks),
      sampleAt(1, { ...noTasks, silent: all }),
      sampleAt(2, noTasks),
      sampleAt(3, noTasks),
    ];
    expect(serviceRows(reportWith({ samples }))[0]).toEqual(["gate", "66.6 %", "1 s", "?", "-"]);
  });

  test("has the steps with their times", () => {
    expect(stepRows(zoneLossSteps).slice(0, 2)).toEqual([
      ["1", "0:00", "wait 10s", "10 s"],
      ["2", "0:10", "kill the zone eu-central-1b: s-hive1", "1 s"],
    ]);
    expect(stepRows([{ text: "hive up", from: 65, to: 66, failure: "no." }])).toEqual([
      ["1", "1:05", "hive up", "failed: no."],
    ]);
  });
});

describe("what does not hold that a scenario expects", () => {
  const away = [
    sampleAt(0),
    sampleAt(10, { tasks: { worker: none } }),
    sampleAt(40.4),
    sampleAt(50),
  ];

  test.each([
    [
      "an outage that is longer",
      "{ maximumOutage: 30s }",
      ["worker was away for 30 s; at most 30 s are expected."],
    ],
    ["none that is as long", "{ maximumOutage: 30400ms }", []],
    ["none without a limit", "{}", []],
    [
      "any, where none is expected",
      "{ maximumOutage: 0s }",
      ["worker was away for 30 s; at most 0 s are expected."],
    ],
  ])("%s", (_words, words, problems) => {
    expect(reportWith({ samples: away, scenario: expecting(words) }).problems).toEqual(problems);
  });

  test("what waited for its data is judged by that alone, and its other outages by their length", () => {
    const scenario = expecting("{ maximumOutage: 30s, lost: [ldap] }");
    expect(reportWith({ scenario }).problems).toEqual([]);
    const ldapAway = { ldap: { wanted: 1, possible: 1, on: [] } };
    const samples = [
      ...zoneLoss(),
      sampleAt(200, { tasks: ldapAway }),
      sampleAt(240),
      sampleAt(250),
    ];
    expect(reportWith({ scenario, samples }).problems).toEqual([
      "ldap was away for 40 s; at most 30 s are expected.",
    ]);
  });

  test("a step that failed, first of all", () => {
    const steps = [
      { text: "hive up --yes", from: 0, to: 9, failure: "it ended with exit code 1; expected: 0." },
    ];
    const report = reportWith({ steps });
    expect(report.problems[0]).toBe("hive up --yes: it ended with exit code 1; expected: 0.");
    expect(verdictText(report)).toBe("zone-loss: 2 things are not as expected.");
    expect(verdictText({ ...report, problems: ["x"] })).toBe(
      "zone-loss: 1 thing is not as expected.",
    );
    expect(verdictText({ ...report, problems: [] })).toBe("zone-loss: all is as expected.");
  });
});
