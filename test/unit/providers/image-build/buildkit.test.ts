import fc from "fast-check";
import { type BuildLog, startBuildLog } from "../../../../providers/image-build/build-log";
import { renderBuildHeader } from "../../../../providers/image-build/buildkit";
import { readBuildKit } from "../../../../providers/image-build/buildkit-output";

let log: BuildLog;
let lines: string[];
beforeEach(() => {
  lines = [];
  jest.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  log = startBuildLog("registry.example:5000/webgate:abc", ["planted-secret\nsecond-line", "no"]);
});
afterEach(() => {
  log.end();
  jest.restoreAllMocks();
});

/** As Docker 20.10 printed it. */
const failed = `#1 [internal] load remote build context
#1 sha256:668fd00d6b1498ad984696212b80cbf8e26dc1cfdd6b537f7b4de0314d557181
#1 DONE 0.0s

#4 [1/2] FROM docker.io/library/debian:trixie-slim
#4 CACHED

#5 [2/2] RUN echo working; exit 7
#5 sha256:0e0d9aac8391093ea471ad9b490b20368d5793b347c78d4c694159db110594fb
#5 0.169 working
#5 0.170 about to fail
#5 ERROR: executor failed running [/bin/sh -c echo working; exit 7]: exit code: 7
------
 > [2/2] RUN echo working; exit 7:
------
executor failed running [/bin/sh -c echo working; exit 7]: exit code: 7
`;

describe("BuildKit's output", () => {
  test("of a failed build: the step, its output, and why", () => {
    const reader = readBuildKit(log);
    reader.take(failed);
    expect(reader.finish()).toBe(
      "executor failed running [/bin/sh -c echo working; exit 7]: exit code: 7",
    );
    expect(log.step()).toBe("[2/2] RUN echo working; exit 7");
    expect(log.lines()).toEqual(["working", "about to fail"]);
  });

  test("means the same wherever it is cut", () => {
    const read = (pieces: readonly string[]): unknown => {
      const own = startBuildLog("name:tag", []);
      const reader = readBuildKit(own);
      for (const piece of pieces) reader.take(piece);
      own.end();
      return [reader.finish(), own.step(), own.lines()];
    };
    const whole = read([failed]);
    fc.assert(
      fc.property(fc.array(fc.nat(failed.length), { maxLength: 8 }), (cuts) => {
        const ends = [...cuts, failed.length].sort((one, other) => one - other);
        expect(read(ends.map((end, i) => failed.slice(ends[i - 1] ?? 0, end)))).toEqual(whole);
      }),
    );
  });

  test("of parts side by side: the one that failed is named, whoever writes last", () => {
    const reader = readBuildKit(log);
    reader.take("#5 [one 2/3] RUN make\n#6 [two 2/3] RUN test\n#5 0.1 cc\n#6 0.2 bad\n");
    reader.take("#6 ERROR: exit code: 1\n#5 0.3 cc again\n#5 CANCELED\n");
    expect(reader.finish()).toBe("exit code: 1");
    expect(log.step()).toBe("[two 2/3] RUN test");
  });

  test("of a builder that names stages without a name, and begins its last line with ERROR", () => {
    const reader = readBuildKit(log);
    reader.take("#5 [stage-0 2/2] RUN make\n#5 0.1 bad\n#5 ERROR: exit code: 3\n");
    reader.take('ERROR: failed to solve: process "make" did not complete: exit code: 3\n');
    expect(reader.finish()).toBe('process "make" did not complete: exit code: 3');
    expect(log.step()).toBe("[2/2] RUN make");
  });

  test("of a build that could not begin", () => {
    const reader = readBuildKit(log);
    reader.take("failed to solve: target stage nope could not be found");
    expect(reader.finish()).toBe("failed to solve: target stage nope could not be found");
    expect(log.step()).toBe("");
  });
});

describe("the log of a build", () => {
  test("shows no secret and no line of one; words too short to be one stay", () => {
    log.enter("RUN echo planted-secret");
    log.add("a second-line of it, and no more\n");
    expect(log.step()).toBe("RUN echo [secret]");
    expect(log.lines()).toEqual(["a [secret] of it, and no more"]);
    expect(lines.join("")).toBe("hive: image webgate: RUN echo [secret]\n");
  });

  test("is without colours", () => {
    log.add("\u001b[91mfatal\n\u001b[0m");
    expect(log.lines()).toEqual(["fatal"]);
  });
});

describe("what the build host reads before the context", () => {
  const request = {
    contextFolder: "x",
    name: "registry/web:1",
    buildArguments: { VERSION: "1; rm -rf / '\n" },
    labels: { "hive.site": "example" },
    target: "runtime",
    noCache: false,
    secrets: { token: "planted" },
  };
  const decode = (header: string): string[] =>
    [...header.matchAll(/^word (.*)$/gm)].map(([, word = ""]) =>
      Buffer.from(word, "base64").toString(),
    );

  test("the first build for an update runs every step", () => {
    expect(decode(renderBuildHeader({ ...request, noCache: true }))).toContain("--no-cache");
    expect(decode(renderBuildHeader(request))).not.toContain("--no-cache");
  });

  test("arguments survive whatever is in them, and lines are lines", () => {
    const header = renderBuildHeader(request);
    expect(decode(header)).toEqual([
      ...["--tag", "registry/web:1", "--label", "hive.site=example"],
      ...["--build-arg", "VERSION=1; rm -rf / '\n", "--target", "runtime"],
    ]);
    expect(header.split("\n").slice(-3)).toEqual([
      `secret token ${Buffer.from("planted").toString("base64")}`,
      "context",
      "",
    ]);
  });
});
