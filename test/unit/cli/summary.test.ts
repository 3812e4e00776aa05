import { readFileSync } from "node:fs";
import { join } from "node:path";
import { demoLogin, peopleFile } from "../../../cli/demo-login";
import { summaryText } from "../../../cli/summary";
import type { ServiceStatus } from "../../../cli/status/report";
import { plain } from "../../../cli/terminal";
import { recordedEvents, replay } from "./recorded-run";

const hosts = [0, 1, 2, 3].map((index) => ({
  name: `p-hive${index}.hive.example`,
  role: index === 3 ? ("repository" as const) : ("cluster" as const),
  zone: `zone-${"abca"[index]}`,
  privateAddress: `172.29.16.${4 + index}`,
  publicAddress: `172.29.16.${4 + index}`,
  missing: index === 1 ? ["firewall", "image web"] : [],
}));
const outputs = {
  stage: "private",
  site: "hive.example",
  phases: [],
  hosts,
  services: {
    webgate: {
      image: "x",
      endpoints: hosts.slice(0, 3).map((host) => `http://${host.publicAddress}/`),
      movingEndpoints: [],
    },
    worker: { image: "y", endpoints: [], movingEndpoints: [] },
  },
  images: {},
  operators: [],
  access: [],
};
const service = (name: string, addresses: ServiceStatus["addresses"]) =>
  ({ name, addresses }) as ServiceStatus;
const page = (index: number) => ({
  url: `http://172.29.16.${4 + index}/`,
  host: `p-hive${index}`,
  target: 80,
  moves: false,
  answers: true,
});
const report = {
  services: [service("webgate", [0, 1, 2].map(page)), service("worker", [])],
  problems: [] as readonly string[],
};
const facts = {
  outputs,
  report,
  progress: replay(recordedEvents("second-up")),
  milliseconds: 41_234,
  logFile: ".hive/private/logs/x.log",
};

test("the end of a run: what is where, how long it took, what to do next", () => {
  expect(summaryText(facts, plain)).toMatchInlineSnapshot(`
    "The private stage of hive.example is up.

      deploy-services       1.0 s  1 created, 2 unchanged
      initialize-services   1.0 s  3 created
      altogether           41.2 s  4 created, 15 unchanged
      5 phases without changes: build-infra, setup-hosts, build-images, build-networks, build-volumes

      p-hive0.hive.example  172.29.16.4  zone-a  cluster
      p-hive1.hive.example  172.29.16.5  zone-b  cluster
      p-hive2.hive.example  172.29.16.6  zone-c  cluster
      p-hive3.hive.example  172.29.16.7  zone-a  repository
      p-hive1.hive.example was unreachable; the next run does this there: firewall, image web.

      open webgate  http://172.29.16.4/  http://172.29.16.5/  http://172.29.16.6/
      ssh           npx hive ssh hive0
      look          npx hive status
      destroy       npx hive destroy
      log           .hive/private/logs/x.log"
  `);
});

test("only addresses that answer are listed, and those that move are marked", () => {
  const moving = { url: "tcp://172.29.16.5:8081", host: "p-hive1", target: 8080, moves: true };
  const services = [
    service("webgate", [page(0), { ...page(1), answers: false, reason: "connection refused" }]),
    service("guestbook", [{ ...moving, answers: true }]),
  ];
  const text = summaryText({ ...facts, report: { ...report, services } }, plain);
  expect(text).toMatch(/^ {2}open webgate +http:\/\/172\.29\.16\.4\/$/m);
  expect(text).toMatch(
    /^ {2}reach guestbook +tcp:\/\/172\.29\.16\.5:8081 \(moves with its task\)$/m,
  );
});

test("a run after which the site is not whole does not say that it is up, and lists what is wrong", () => {
  const problems = ["p-hive1 is paused: `npx hive up --stack private` resumes it."];
  const text = summaryText({ ...facts, report: { ...report, problems } }, plain);
  expect(text).not.toContain("is up.");
  expect(text).toMatch(/^The run is done, but the private stage of hive\.example is not whole/);
  expect(text).toMatch(/\n\nWhat is wrong:\n {2}- p-hive1 is paused: [^\n]*$/);
});

test("the routes of a service are where it is opened", () => {
  const book = { ...service("book", []), routes: ["http://172.29.16.4/guestbook/"] };
  const text = summaryText({ ...facts, report: { ...report, services: [book] } }, plain);
  expect(text).toMatch(/^ {2}open book +http:\/\/172\.29\.16\.4\/guestbook\/$/m);
});

test("phases that add up to more than the run are said to overlap", () => {
  const text = summaryText({ ...facts, milliseconds: 1500 }, plain);
  expect(text).toMatch(/^ {2}altogether +1\.5 s {2}4 created, 15 unchanged \(phases overlap\)$/m);
});

describe("the login of a demo person", () => {
  const services = { gate: {}, am: {}, ldap: {} } as unknown as typeof outputs.services;
  const people = readFileSync(join(__dirname, "../../..", peopleFile), "utf8");

  test("is shown where the stage has the worked example and its people", () => {
    const login = demoLogin({ stage: "private", services }, people);
    expect(login).toBe("queen / Queen-of-hive-1");
    const text = summaryText({ ...facts, demoLogin: login }, plain);
    expect(text).toMatch(/^ {2}demo login +queen \/ Queen-of-hive-1$/m);
    const page = readFileSync(join(__dirname, "../../../docs/worked-example.md"), "utf8");
    expect(page).toContain("| `queen` | `Queen-of-hive-1` |");
  });

  test.each<[string, Parameters<typeof demoLogin>]>([
    ["on another stage", [{ stage: "staging", services }, people]],
    ["on another site", [{ stage: "private", services: outputs.services }, people]],
    ["with other people", [{ stage: "private", services }, "dn: uid=queen,ou=people"]],
    ["without a file of people", [{ stage: "private", services }, undefined]],
  ])("is not shown %s", (_where, [of, text]) => {
    expect(demoLogin(of, text)).toBeUndefined();
  });
});

test("another stage's commands name it, and a run that stopped early says so", () => {
  const text = summaryText(
    { ...facts, outputs: { ...outputs, stage: "staging" }, throughPhase: "setup-hosts" },
    plain,
  );
  expect(text).toContain("The staging stage of hive.example is built through setup-hosts.");
  expect(text).toContain("npx hive destroy --stack staging");
});
