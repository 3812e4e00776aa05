import { parse } from "yaml";
import { reportFailure } from "../../../cli/failure";
import { rehearsalOverlay, requireReadable } from "../../../rehearsal/overlay";

const facts = {
  endpoint: "http://127.0.0.1:35105/AKIAEXAMPLE",
  computer: "198.51.100.1",
  publicKey: "ssh-ed25519 AAAA rehearsal",
};
const overlaid = (text: string): Record<string, unknown> =>
  (parse(rehearsalOverlay(text, facts).text) as { config: Record<string, unknown> }).config;

describe("the configuration of a rehearsal", () => {
  it("keeps what the stage says, and speaks to the emulated cloud alone", () => {
    expect(
      overlaid("config:\n  hive:fleet: aws\n  hive:aws:\n    rootDisks: { cluster: 30GiB }\n"),
    ).toEqual({
      "hive:fleet": "aws",
      "hive:aws": {
        rootDisks: { cluster: "30GiB" },
        endpoints: { all: facts.endpoint },
        baseImages: "local",
        sshSources: ["198.51.100.1/32"],
      },
      "hive:operators": [{ name: "rehearsal", publicKey: facts.publicKey }],
      "hive:encryptNetworks": false,
    });
  });

  it("leaves out what belongs to the account, to people and to another registry, and says so", () => {
    const text = `encryptionsalt: v1:abc
config:
  hive:aws:
    profile: company
    assumeRole: arn:aws:iam::123456789012:role/hive
    elasticIps: { hive0: eipalloc-0123456789abcdef0 }
    kmsKey: arn:aws:kms:ap-northeast-1:123456789012:alias/hive
    ami: ami-0123456789abcdef0
    endpoints: { ec2: "https://ec2.example" }
    sshSources: [203.0.113.0/24]
  hive:operators: [{ name: anna, publicKey: ssh-ed25519 BBBB }]
  hive:pins: { portal: "sha256:0" }
`;
    const { text: made, differences } = rehearsalOverlay(text, facts);
    expect(made).not.toMatch(
      /company|123456789012|eipalloc|ami-|ec2\.example|203\.0|anna|pins|salt/,
    );
    expect(differences.join("\n")).toMatch(
      /127\.0\.0\.1:35105[^]*profile[^]*role[^]*Elastic IPs[^]*KMS[^]*ami-0123[^]*pinned[^]*not encrypted/,
    );
    expect(differences.join("\n")).not.toContain("AKIAEXAMPLE");
  });

  it("keeps a machine image that a parameter names", () => {
    const text = "config:\n  hive:aws:\n    ami: /aws/service/debian/release/13/latest/arm64\n";
    expect(overlaid(text)["hive:aws"]).toMatchObject({
      ami: "/aws/service/debian/release/13/latest/arm64",
    });
  });

  it("makes the section of AWS where the file has none", () => {
    expect(overlaid("config:\n  hive:fleet: aws\n")["hive:aws"]).toEqual({
      endpoints: { all: facts.endpoint },
      baseImages: "local",
      sshSources: ["198.51.100.1/32"],
    });
  });

  it("makes up the stage's secrets once, and keeps those that it made up", () => {
    const text = "config:\n  hive:secrets:\n    token: { secure: v1:real }\n";
    const first = rehearsalOverlay(text, facts);
    expect(first.text).not.toContain("v1:real");
    expect(first.missingSecrets).toEqual(["token"]);
    expect(first.differences).toContain("Made up: the values of the secrets token.");
    const previous =
      "config:\n  hive:secrets:\n    token: { secure: v1:made }\n    gone: { secure: v1:old }\n";
    const second = rehearsalOverlay(text, { ...facts, previous });
    expect(second.missingSecrets).toEqual([]);
    expect(parse(second.text)).toMatchObject({
      config: { "hive:secrets": { token: { secure: "v1:made" } } },
    });
    expect(second.text).not.toContain("v1:old");
  });

  it("refuses anything else that only the stage's own passphrase opens, and names it", () => {
    const text = "config:\n  hive:aws:\n    profile: { secure: v1:abc }\n";
    expect(() => rehearsalOverlay(text, facts)).toThrow(/^hive:aws\.profile: a rehearsal has/);
    try {
      requireReadable(text);
    } catch (error) {
      // For a person: without a stack trace.
      expect(reportFailure(error).text).toMatch(/^hive:aws\.profile: [^\n]*makes up\.$/);
    }
    expect.assertions(2);
  });

  it("refuses a cloud that is not on this computer", () => {
    const elsewhere = { ...facts, endpoint: "https://ec2.example/KEY" };
    expect(() => rehearsalOverlay("config: {}\n", elsewhere)).toThrow(/is not on this computer/);
  });
});
