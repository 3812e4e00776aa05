import { readFileSync } from "node:fs";

import { peopleFile } from "../../../../cli/demo-login";
import { demoSalts } from "../../../../model/rules/demo-people";
import { image, problemsOf } from "../problems-of";

const demo = readFileSync(peopleFile, "utf8");
const own = demo.replaceAll(/\$6\$[0-9a-f]{16}\$/g, "$6$0123456789abcdef$");
const site = {
  services: {
    directory: {
      image,
      initialize: [{ name: "people", command: ["load"], input: "site/my.ldif" }],
    },
  },
};
const on = (stackName: string, content: string): readonly string[] =>
  problemsOf(site, { stackName, read: () => Buffer.from(content) });

test("the salts are those of the people in the worked example", () => {
  const hashes = demo.match(/\{CRYPT\}\$6\$[0-9a-f]+\$/g) ?? [];
  expect(hashes).toEqual(demoSalts.map((salt) => `{CRYPT}${salt}`));
});

test.each(["staging", "production"])("%s starts with no demo person, in whatever file", (stage) => {
  const [, oneOfThem] = demo.split(/(?=dn: uid=worker)/);
  for (const content of [demo, oneOfThem ?? ""]) {
    expect(on(stage, content)).toEqual([
      expect.stringMatching(/directory\.initialize\[0\]\.input \| take them out, or name a file/),
    ]);
  }
  expect(on(stage, own)).toEqual([]);
});

test("the private stage may", () => {
  expect(on("private", demo)).toEqual([]);
});
