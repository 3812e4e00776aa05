import { spawnSync } from "node:child_process";
import { type ConvergeStep, renderConverge } from "../../../render/converge";
import { renderSecretInput } from "../../../render/converge-input";

const step: ConvergeStep = {
  title: "sample",
  files: [{ path: "/etc/sample.conf", mode: "0644", content: 'it\'s "quoted" $(here)\n' }],
  reactions: [
    { name: "reload-sample", on: ["/etc/sample.conf"], run: ["systemctl reload sample"] },
  ],
  checks: [{ what: "sample runs", run: "pgrep sample" }],
};

describe("a converge step as text", () => {
  test("is a command that a POSIX shell and bash accept", () => {
    for (const shell of ["sh", "bash"]) {
      expect(
        spawnSync(shell, ["-n", "-c", renderConverge(step)], { encoding: "utf8" }).stderr,
      ).toBe("");
    }
  });

  test("is the same for the same step, and another one when anything of it changes", () => {
    const text = renderConverge(step);
    expect(renderConverge(structuredClone(step))).toBe(text);
    const [file] = step.files ?? [];
    const [check] = step.checks ?? [];
    if (file === undefined || check === undefined)
      throw new Error("The sample has a file and a check.");
    for (const change of [
      { files: [{ ...file, content: "other\n" }] },
      { files: [{ ...file, mode: "0600" }] },
      { files: [{ ...file, owner: "root:adm" }] },
      { reactions: [] },
      { checks: [{ ...check, withinSeconds: 11 }] },
    ]) {
      expect(renderConverge({ ...step, ...change })).not.toBe(text);
    }
  });

  test("waits for its input only if it has secret files", () => {
    const secret = { ...step, secretFiles: [{ path: "/etc/sample.key", mode: "0600" }] };
    expect(renderConverge(step)).not.toContain(" cat; }");
    expect(renderConverge(secret)).toContain(" cat; }");
  });
});

describe("a step that cannot be right is refused, by name and value", () => {
  const file = { path: "/etc/a", mode: "0644", content: "" };
  test.each<[string, Partial<ConvergeStep>]>([
    [
      'Step sample: path "etc/a" must be an absolute path.',
      { files: [{ ...file, path: "etc/a" }], reactions: [] },
    ],
    [
      'Step sample: path "/etc/../a" must be an absolute path.',
      { files: [{ ...file, path: "/etc/../a" }], reactions: [] },
    ],
    [
      'Step sample: mode of /etc/a "644" must be four octal digits, e.g. 0644.',
      { files: [{ ...file, mode: "644" }], reactions: [] },
    ],
    [
      'Step sample: owner of /etc/a "root" must be <user>:<group>.',
      { files: [{ ...file, owner: "root" }], reactions: [] },
    ],
    [
      'Step sample: path "/etc/a" must be declared once, not twice.',
      { files: [file, file], reactions: [] },
    ],
    [
      'Step sample: reaction reload-sample "/etc/sample.conf" must be the path of one of the step\'s files.',
      { files: [file] },
    ],
    [
      'Step Not a word: title "Not a word" must be lower-case words joined by dashes.',
      { title: "Not a word" },
    ],
  ])("%s", (message, change) => {
    expect(() => renderConverge({ ...step, ...change })).toThrow(message);
  });
});

test("the input of a step names every file and ends with a line that shows that it is whole", () => {
  expect(renderSecretInput([{ path: "/etc/a", content: "secret\n" }])).toBe(
    "hive-secrets 1\nL2V0Yy9h c2VjcmV0Cg==\nend\n",
  );
});
