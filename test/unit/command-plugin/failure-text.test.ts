import { failureText, redactor } from "../../../toolchain/plugins/command/failure-text";

const failure = {
  where: "root@10.0.0.1:22",
  ending: "exit status 3",
  command: "converge",
  output: "no such package\n",
  logging: undefined,
};

test("the text says where, how, what and why", () => {
  expect(failureText(failure, redactor([]))).toBe(
    "The command on root@10.0.0.1:22 ended with exit status 3.\nIt was:\nconverge\nIts output was:\nno such package",
  );
});

test("standard input that the command printed is not quoted, whole or in lines", () => {
  const stdin = "PLANTED-ONE\nPLANTED-TWO\n";
  const output = `read ${stdin}then only PLANTED-TWO again, and PLANTED-ONE`;
  const text = failureText({ ...failure, output }, redactor([stdin]));
  expect(text).not.toContain("PLANTED");
  expect(text).toContain("then only [secret] again");
});

test("a private key that the command printed is not quoted, line by line", () => {
  const key = [
    "-----BEGIN KEY-----",
    "PLANTEDb3BlbnNzaC1",
    "PLANTEDrZXktdjEAAA",
    "-----END KEY-----",
  ];
  const output = key.map((line) => `+ ${line}`).join("\n");
  expect(failureText({ ...failure, output }, redactor([key.join("\n")]))).not.toContain("PLANTED");
});

test("a secret inside the command is not quoted", () => {
  const text = failureText(
    { ...failure, command: "login --password PLANTED" },
    redactor(["PLANTED"]),
  );
  expect(text).toContain("login --password [secret]");
});

test("a secret at the cut of a long output does not survive in half", () => {
  const secret = "PLANTED".repeat(20);
  // The cut is 16,000 characters before the end; this puts it into the middle of the secret.
  const output = `${"a".repeat(50_000)}${secret}${"b".repeat(16_000 - 70)}`;
  const text = failureText({ ...failure, output }, redactor([secret]));
  expect(text).not.toContain("PLANTED");
  expect(text.length).toBeLessThan(17_000);
  expect(text).toContain("characters are left out");
});

test("a secret command is not quoted", () => {
  expect(failureText({ ...failure, command: undefined }, redactor([]))).toContain(
    "It was:\n(a secret)",
  );
});

test("a long command is cut", () => {
  const text = failureText({ ...failure, command: "x".repeat(5000) }, redactor([]));
  expect(text).toContain("… (5000 characters)");
  expect(text.length).toBeLessThan(600);
});

test("without any output it says why there is none", () => {
  expect(failureText({ ...failure, output: "" }, redactor([]))).toContain("It printed nothing.");
  expect(failureText({ ...failure, output: "", logging: "none" }, redactor([]))).toContain(
    '`logging` is "none"',
  );
});
