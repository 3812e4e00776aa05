import { reportMarkdown } from "../../../../rehearsal/scenario/markdown";
import { rehearsalNotice } from "../../../../rehearsal/notice";
import { reportWith, sampleAt, scenarioWith, watched } from "./seen";

const small = { ...watched, services: watched.services.filter(({ name }) => name === "ldap") };

test("a small report as Markdown", () => {
  const samples = [sampleAt(0), sampleAt(10, { down: ["s-hive1"] }), sampleAt(75), sampleAt(80)];
  const steps = [
    { text: "kill the zone eu-central-1b: s-hive1", from: 10, to: 11 },
    { text: "start what was taken down", from: 70, to: 72 },
  ];
  const text = reportMarkdown(reportWith({ samples, steps, watched: small }));
  expect(text.slice(0, text.indexOf("## What this is"))).toMatchInlineSnapshot(`
    "# zone-loss: hive.example, staging, in rehearsal

    A zone fails.

    2026-11-23T14:00:00.000Z, watched for 1 min 20 s.

    **zone-loss: 1 thing is not as expected.**

    - ldap could not run on another server: its local volume ldap-data is on s-hive1 alone. It was away for 65 s, until s-hive1 was back.

    ![What answered when](picture.svg)

    | service | available | longest outage | back on | reduced for |
    | --- | --- | --- | --- | --- |
    | ldap | 18.7 % | 1 min 5 s | s-hive1 | - |

    Available is a service that answers at one of its addresses at least, or, without addresses, has
    one running task at least; reduced, one with less than it should have. What is away for less
    than a second or two may be missed.

    ## Lost with the data of one server

    - ldap could not run on another server: its local volume ldap-data is on s-hive1 alone. It was away for 65 s, until s-hive1 was back.

    ## Servers that were down

    | server | zone | from | for |
    | --- | --- | --- | --- |
    | s-hive1 | eu-central-1b | 0:10 | 1 min 5 s |

    ## Steps

    |  | at | step | took |
    | --- | --- | --- | --- |
    | 1 | 0:10 | kill the zone eu-central-1b: s-hive1 | 1 s |
    | 2 | 1:10 | start what was taken down | 2 s |

    "
  `);
  expect(text).toContain(rehearsalNotice.join("\n"));
});

test("what is not there has no chapter", () => {
  const text = reportMarkdown(
    reportWith({ samples: [sampleAt(0), sampleAt(9)], scenario: scenarioWith() }),
  );
  expect(text).toContain("**zone-loss: all is as expected.**");
  expect(text).not.toContain("## Lost");
  expect(text).not.toContain("## Servers");
});

test("a server that is not back is told so", () => {
  const samples = [
    sampleAt(0),
    sampleAt(5, { down: ["s-hive3"] }),
    sampleAt(9, { down: ["s-hive3"] }),
  ];
  expect(reportMarkdown(reportWith({ samples }))).toContain(
    "| s-hive3 | eu-central-1a | 0:05 | not back |",
  );
});

test("no text of a command breaks a table or a list", () => {
  const steps = [{ text: "hive x | y", from: 0, to: 1, failure: "one\ntwo | three" }];
  const text = reportMarkdown(reportWith({ steps }));
  expect(text).toContain("- hive x | y: one two | three\n");
  expect(text).toContain("| 1 | 0:00 | hive x \\| y | failed: one two \\| three |");
});
