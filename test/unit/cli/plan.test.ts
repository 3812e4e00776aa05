import { loadPlan } from "../../../cli/plan";
import { plan } from "../../../cli/commands/plan";
import type { Site } from "../../../model/site";

let site: Site;
jest.mock("../../../site/site", () => ({
  get site() {
    return site;
  },
}));

const image = `docker.io/library/nginx@sha256:${"0".repeat(64)}`;

/** What `hive plan` prints for a site on the project's own private stage. */
function printed(json: boolean): string {
  let text = "";
  const write = jest.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  try {
    expect(plan({ stack: "private", json })).toBe(0);
  } finally {
    write.mockRestore();
  }
  return text;
}

describe("hive plan", () => {
  beforeEach(() => {
    site = {
      name: "hive.example",
      volumes: { data: { replicated: { size: "1GiB" } } },
      secrets: { password: { generate: {} } },
      services: {
        db: {
          image,
          volumes: [{ source: "data", target: "/data" }],
          secrets: ["password"],
          backups: [{ name: "dump", command: ["dump"], restore: ["load"] }],
        },
        web: { image, dependsOn: ["db"], ports: [{ target: 80, published: "auto" }] },
      },
    };
  });

  test("shows what services see, in which order they start, and what cannot be had", () => {
    const text = printed(false);
    expect(text).toMatch(/^data +replicated +hive-shared +1GiB ext4, shared$/m);
    expect(text).toMatch(/^password +secret +generated, 32 characters, version 1$/m);
    expect(text).toMatch(/^web .* 6[0-9]{4}:80\/tcp ingress +default +db$/m);
    expect(text).toMatch(/^db +\/data +volume data$/m);
    expect(text).toMatch(/^db +\/run\/secrets\/password +secret password$/m);
    expect(text).toContain("NOTICES\n  - The service db asks for backups (dump)");
  });

  test("as JSON is the plan", () => {
    expect(JSON.parse(printed(true))).toEqual(
      JSON.parse(JSON.stringify(loadPlan("private", "show"))),
    );
  });

  test("looks for the files that the site names; a plan that is asked for names does without them", () => {
    site = { ...site, images: { nowhere: {} } };
    for (const purpose of ["show", "build"] as const) {
      expect(() => loadPlan("private", purpose)).toThrow(
        /1 problem found[^]*site\/site\.ts: images\.nowhere[^]*there is no such folder/,
      );
    }
    expect(loadPlan("private", "names").services.map(({ name }) => name)).toEqual(["db", "web"]);
  });

  test("lists everything that is wrong, and touches nothing", () => {
    site = {
      ...site,
      services: {
        ...site.services,
        web: { image, dependsOn: ["dbs"], networks: ["back"], replicas: 2 } as never,
        mail: { image, dependsOn: ["dbs"], networks: ["back"] },
      },
    };
    expect(() => loadPlan("private", "show")).toThrow(
      /3 problems found; nothing was changed\.[^]*services\.web\.replicas[^]*write `mode: \{ replicas: 2 \}` in its place[^]*services\.mail\.networks\[0\][^]*services\.mail\.dependsOn\[0\][^]*did you mean "db"\?/,
    );
  });
});
