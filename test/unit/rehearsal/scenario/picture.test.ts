import { bar, textWidth, wrapped } from "../../../../rehearsal/scenario/drawing";
import { picture } from "../../../../rehearsal/scenario/picture";
import type { ScenarioReport } from "../../../../rehearsal/scenario/report";
import { overlaps, shapeBoxes, textBoxes, xmlFaults } from "./boxes";
import { reportWith, sampleAt, watched } from "./seen";

/** Many steps at once, a long failure, servers that come and go, and names that are too long. */
function crowded(): ScenarioReport {
  const samples = Array.from({ length: 1000 }, (_, at) =>
    sampleAt(at, at % 100 > 8 ? {} : { down: ["s-hive1", "s-hive2"] }),
  );
  const steps = Array.from({ length: 20 }, (_, index) => ({
    text: `hive replace hive${index} --force --yes ${"and so on ".repeat(index)}`,
    from: index < 9 ? index * 2 : index * 50,
    to: index * 50 + 40,
    ...(index === 19 ? { failure: `it ended with <${"x".repeat(300)}> & "more".` } : {}),
  }));
  const services = watched.services.map((each) => ({
    ...each,
    name: each.name === "gate" ? "a-service-with-a-very-long-name-indeed" : each.name,
  }));
  return {
    ...reportWith({ samples, steps, watched: { ...watched, services } }),
    site: "a-very-long-name.of-a-site.in-a-department.of-a-company.example.com",
  };
}

const empty = reportWith({ samples: [], steps: [] });

describe.each<[string, ScenarioReport]>([
  ["of a lost zone", reportWith()],
  ["of much at once", crowded()],
  ["of nothing", empty],
  ["of a second", reportWith({ samples: [sampleAt(0), sampleAt(1)], steps: [] })],
  ["of ten hours", reportWith({ samples: [sampleAt(0), sampleAt(36_000)] })],
])("the picture %s", (_words, report) => {
  const svg = picture(report);
  const [, width, height] = /<svg [^>]*width="(\d+)" height="(\d+)"/.exec(svg) ?? [];

  test("is XML", () => {
    expect(xmlFaults(svg)).toEqual([]);
  });

  test("has no text over another one, over a bar, a line or a number", () => {
    const texts = textBoxes(svg);
    expect(texts.length).toBeGreaterThan(15);
    expect(overlaps(texts, texts)).toEqual([]);
    expect(overlaps(texts, shapeBoxes(svg))).toEqual([]);
  });

  test("has each step's number beside the others", () => {
    const discs = shapeBoxes(svg).filter(({ what }) => what === "step" || what === "failed");
    expect(discs).toHaveLength(2 * report.steps.length);
    expect(overlaps(discs, discs)).toEqual([]);
  });

  test("has nothing that is cut off at its edge", () => {
    const outside = [...textBoxes(svg), ...shapeBoxes(svg)].filter(
      ({ left, right, top, bottom }) =>
        left < 0 || top < 0 || right > Number(width) || bottom > Number(height),
    );
    expect(outside).toEqual([]);
  });
});

describe("the picture of a lost zone", () => {
  const svg = picture(reportWith());
  const words = textBoxes(svg).map(({ what }) => what);

  test("says what became of each service and server, and what was lost", () => {
    expect(words).toEqual(
      expect.arrayContaining([
        "zone-loss: hive.example, staging, in rehearsal",
        "2026-11-23 14:00 UTC, watched for 1 min 40 s",
        "zone-loss: 1 thing is not as expected.",
        ...["ldap", "away 1 min 12 s", "gate", "never away"],
        ...["s-hive1, zone b", "down 1 min 5 s", "s-hive3, zone a", "never down"],
        ...["kill the zone eu-central-1b: s-hive1", "0:10"],
      ]),
    );
    expect(words.join(" ")).toContain("its local volume ldap-data is on s-hive1 alone.");
  });

  test("explains its bars, and says what a rehearsal is", () => {
    expect(words).toEqual(
      expect.arrayContaining(["runs", "runs with less than it should", "not known", "min:s"]),
    );
    expect(words.join(" ")).toContain("This is a rehearsal with an emulated cloud");
  });

  test("has its bars where they were in time", () => {
    const bars = shapeBoxes(svg).filter(({ what, right }) => what === "none" && right > 600);
    const [ldap, server] = bars;
    // 584 pixels for 100 seconds.
    expect([ldap?.left, ldap?.right]).toEqual([224 + 58.4, 224 + 478.9]);
    expect([server?.left, server?.right]).toEqual([224 + 58.4, 224 + 438]);
  });
});

test("a level is told by form too: of what is missing in part, half a bar is there", () => {
  const heights = (["all", "some", "none", "unknown"] as const).map(
    (level) => /height="(\d+)"/.exec(bar(0, 10, 0, 18, level))?.[1],
  );
  expect(heights).toEqual(["18", "9", "18", "9"]);
  expect(bar(5, 5.1, 0, 18, "none")).toContain('width="2"');
});

describe("a text that is too long", () => {
  test("goes on in the next line, a word that is longer than a line too", () => {
    const lines = wrapped(`one two ${"x".repeat(30)} three`, 100);
    expect(lines).toEqual(["one two", "xxxxxxxxxxxx", "xxxxxxxxxxxx", "xxxxxx three"]);
    for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(100);
  });

  test("is cut where it has one line only", () => {
    const names = textBoxes(picture(crowded())).map(({ what }) => what);
    expect(names).toContain("a-service-with-a-very-…");
  });
});

test("a report without problems is not red", () => {
  expect(picture({ ...reportWith(), problems: [] })).not.toContain('class="wrong"');
});
