import { spawnSync } from "node:child_process";
import { fitting } from "../../../../providers/transport/long-command";

test("a short command stays as it is", () => {
  expect(fitting("echo 'a b'")).toBe("echo 'a b'");
});

test.each(["sh", "bash"])(
  "a long command does the same in %s, with its input and exit code",
  (shell) => {
    const command = `: '${"x".repeat(300_000)}'; printf '%s\\n' "it's \\ $((1 + 2))"; cat; exit 7`;
    const sent = fitting(command);
    expect(sent.length).toBeLessThan(120_000);
    const { status, stdout } = spawnSync(shell, ["-c", sent], {
      input: "in\nput",
      encoding: "utf8",
    });
    expect([status, stdout]).toEqual([7, "it's \\ 3\nin\nput"]);
  },
);
