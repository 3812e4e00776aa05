import { summaryText } from "../../../cli/summary";
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
    },
    worker: { image: "y", endpoints: [] },
  },
  images: {},
  operators: [],
  access: [],
};
const facts = {
  outputs,
  progress: replay(recordedEvents("second-up")),
  milliseconds: 41_234,
  logFile: ".hive/private/logs/x.log",
};

test("the end of a run: what is where, how long it took, what to do next", () => {
  expect(summaryText(facts, plain)).toMatchInlineSnapshot(`
    "The private stage of hive.example is up.

      build-infra                  7 unchanged
      setup-hosts                  3 unchanged
      build-images                 3 unchanged
      build-networks               nothing to do
      build-volumes                nothing to do
      deploy-services       1.0 s  1 created, 2 unchanged
      initialize-services   1.0 s  3 created
      altogether           41.2 s  4 created, 15 unchanged

      p-hive0.hive.example  172.29.16.4  zone-a  cluster
      p-hive1.hive.example  172.29.16.5  zone-b  cluster
      p-hive2.hive.example  172.29.16.6  zone-c  cluster
      p-hive3.hive.example  172.29.16.7  zone-a  repository
      p-hive1.hive.example was unreachable; the next run does this there: firewall, image web.

      open webgate  http://172.29.16.4/  http://172.29.16.5/  http://172.29.16.6/
      log in        npx hive ssh hive0
      look          npx hive status
      destroy       npx hive destroy
      log           .hive/private/logs/x.log"
  `);
});

test("another stage's commands name it, and a run that stopped early says so", () => {
  const text = summaryText(
    { ...facts, outputs: { ...outputs, stage: "staging" }, throughPhase: "setup-hosts" },
    plain,
  );
  expect(text).toContain("The staging stage of hive.example is built through setup-hosts.");
  expect(text).toContain("npx hive destroy --stack staging");
});
