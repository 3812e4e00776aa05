import { withoutSecrets } from "../../../../model/values/without-secrets";

describe("a text without secrets", () => {
  test("has none of them in it, the longest masked first", () => {
    expect(withoutSecrets("pass=abcdef and abcd", ["abcd", "abcdef", ""])).toBe(
      "pass=[secret] and [secret]",
    );
  });

  test("has no line of a secret in it either", () => {
    const key = "-----BEGIN KEY-----\r\nMIIEpAIB\nAAKCAQEA\n";
    expect(withoutSecrets(`read ${key}`, [key])).toBe("read [secret]");
    expect(withoutSecrets("line 2 is AAKCAQEA.", [key])).toBe("line 2 is [secret].");
  });

  test("stays readable when a secret is too short to be one", () => {
    expect(withoutSecrets("exit code 1 on host 11", ["1", " 1 ", "\n"])).toBe(
      "exit code 1 on host 11",
    );
  });
});
