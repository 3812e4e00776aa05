import type { Change } from "../../../../model/changes/changes";
import { changesMarkdown } from "../../../../model/changes/markdown";
import { risksOf } from "../../../../model/changes/risks";

const changed = (
  more: Partial<Extract<Change, { change: "changed"; thing: "service" }>>,
): Change => ({
  ...{ thing: "service", change: "changed", name: "web", parts: ["image"], tasks: "none" },
  ...more,
});

test.each<[string, Change, readonly string[]]>([
  [
    "a volume that goes",
    { thing: "volume", change: "removed", name: "data" },
    ["data: The volume data is deleted with all its data."],
  ],
  ["a volume that comes", { thing: "volume", change: "added", name: "data" }, []],
  [
    "a server that goes",
    { thing: "server", change: "removed", name: "hive4", role: "cluster" },
    ["data: The server hive4 is deleted with all data on its disks."],
  ],
  [
    "a service that can become root",
    { thing: "root access", change: "added", name: "ci", ways: ["mounts /"] },
    ["rights: The service ci can become root on the servers: it mounts /."],
  ],
  [
    "a restart at once",
    changed({ tasks: "all at once" }),
    ["outage: All tasks of the service web restart at once."],
  ],
  [
    "the last task's restart",
    changed({ tasks: "gap" }),
    ["outage: The service web is away while its only task restarts."],
  ],
  ["a restart in turn", changed({ tasks: "one by one" }), []],
  [
    "fewer tasks",
    changed({ left: 1 }),
    ["redundancy: The service web has one task left: it is away when that fails."],
  ],
  ["no task", changed({ left: 0 }), ["outage: Nothing of the service web runs any more."]],
  [
    "an open route",
    { thing: "route", change: "added", name: "/clock/", service: "web", login: false },
    ["exposure: The route /clock/ is open to everybody, without a login."],
  ],
  [
    "a route behind the login",
    { thing: "route", change: "added", name: "/clock/", service: "web", login: true },
    [],
  ],
  [
    "an open port",
    { thing: "port", change: "added", name: "8081/tcp" },
    ["exposure: The port 8081/tcp opens on the cluster hosts."],
  ],
  ["a closed port", { thing: "port", change: "removed", name: "8081/tcp" }, []],
])("the risk of %s", (_what, change, texts) => {
  expect(risksOf([change]).map(({ kind, text }) => `${kind}: ${text}`)).toEqual(texts);
});

test("the worst risk is first", () => {
  const risks = risksOf([
    { thing: "port", change: "added", name: "1/tcp" },
    changed({ tasks: "gap" }),
    { thing: "volume", change: "removed", name: "data" },
  ]);
  expect(risks.map(({ kind }) => kind)).toEqual(["data", "outage", "exposure"]);
});

describe("a comment", () => {
  const shown = { stage: "staging", comparedWith: "main (a1b2)", risks: [], warnings: [] };
  const line = (text: string) => ({ text, losesData: false });

  test("has what changes as a diff, and the risks in words", () => {
    const text = changesMarkdown({
      ...shown,
      lines: [line("+ service a"), line("~ service b: image"), line("open 1/tcp")],
      risks: [{ kind: "outage", text: "The service b is away." }],
    });
    expect(text).toBe(
      [
        "### hive: the stage staging",
        "",
        "Compared with `main (a1b2)`.",
        "",
        "| Risk | |",
        "|---|---|",
        "| **Outage** | The service b is away. |",
        "",
        "```diff",
        "+ service a",
        "  ~ service b: image",
        "  open 1/tcp",
        "```",
        "",
      ].join("\n"),
    );
  });

  test("nothing of the site can be markup in it", () => {
    const text = changesMarkdown({
      ...shown,
      comparedWith: "`x` @everybody",
      lines: [line("+ service a\n```\n# heading")],
      risks: [{ kind: "rights", text: "it mounts |<img>|[x](http://y) @all" }],
    });
    expect(text.match(/^```/gm)).toHaveLength(2);
    expect(text).not.toMatch(/<img>|\]\(|^# | @all/m);
    expect(text).toContain("Compared with `'x' @everybody`.");
  });
});
