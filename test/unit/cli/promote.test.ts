import { readResource } from "../../../cli/pulumi/state";
import { accountIn } from "../../../cli/promotion/accounts";
import { chooseDigest, imageNamed } from "../../../cli/promotion/choose-image";
import { copyRows, progressLine } from "../../../cli/promotion/progress-text";
import { curlOptions, sendHead, uploadPath } from "../../../providers/registry/client";
import { parseManifest } from "../../../model/image/manifest";
import type { Plan } from "../../../model/plan";

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const descriptor = (letter: string, size = 10): { digest: string; size: number } => ({
  digest: digest(letter),
  size,
});
const dockerType = "application/vnd.docker.distribution.manifest.v2+json";
const indexType = "application/vnd.oci.image.index.v1+json";
const registry = "registry.staging.example:5000";

describe("what a manifest needs", () => {
  const manifest = {
    mediaType: dockerType,
    config: descriptor("a"),
    layers: [descriptor("b"), descriptor("c"), descriptor("b")],
  };

  test("configuration and layers, each once", () => {
    expect(parseManifest(JSON.stringify(manifest), dockerType)).toEqual({
      mediaType: dockerType,
      manifests: [],
      blobs: [descriptor("a"), descriptor("b"), descriptor("c")],
    });
  });

  test("the registry's word counts where an OCI manifest does not tell its type", () => {
    const text = JSON.stringify({ manifests: [descriptor("d")] });
    expect(parseManifest(text, `${indexType}; charset=utf-8`)).toEqual({
      mediaType: indexType,
      manifests: [descriptor("d")],
      blobs: [],
    });
  });

  test("layers that only their vendor gives are not looked for", () => {
    const foreign = {
      ...descriptor("e"),
      mediaType: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    };
    const text = JSON.stringify({ ...manifest, layers: [foreign, descriptor("b")] });
    expect(parseManifest(text, dockerType).blobs).toEqual([descriptor("a"), descriptor("b")]);
  });

  test.each([
    ["<html>", "it is not JSON"],
    ["[]", "it is not a JSON object"],
    [JSON.stringify({ mediaType: "text/html" }), "its media type is 'text/html'"],
    [JSON.stringify({ ...manifest, layers: 3 }), "its layers are not a list"],
    [JSON.stringify({ ...manifest, config: {} }), "without a SHA-256 digest"],
    [
      JSON.stringify({ ...manifest, config: { digest: "sha256:../../x", size: 1 } }),
      "without a SHA-256 digest",
    ],
    [JSON.stringify({ ...manifest, config: descriptor("a", -1) }), "without a size"],
  ])("%s is refused", (text, problem) => {
    expect(() => parseManifest(text, dockerType)).toThrow(problem);
  });
});

describe("which digest is promoted", () => {
  const release = (
    letter: string,
  ): { tag: string; digest: string; reference: string; kept: boolean } => ({
    tag: letter.repeat(12),
    digest: digest(letter),
    reference: `${registry}/web@${digest(letter)}`,
    kept: true,
  });
  const facts = (reference: string): Parameters<typeof chooseDigest>[0] => ({
    image: "web",
    releases: [release("a"), release("b")],
    reference,
  });
  const used = (letter: string): string => `${registry}/web@${digest(letter)}`;

  test("the one in use, not the newest", () => {
    expect(chooseDigest(facts(used("b")), registry, undefined)).toBe(digest("b"));
  });

  test("one that was promoted to this stage itself goes on to the next", () => {
    expect(chooseDigest(facts(used("f")), registry, undefined)).toBe(digest("f"));
    expect(chooseDigest(facts(used("f")), registry, "fff")).toBe(digest("f"));
  });

  test("by the beginning of a digest", () => {
    expect(chooseDigest(facts(used("b")), registry, "sha256:aa")).toBe(digest("a"));
  });

  test("a wrong beginning names the candidates", () => {
    expect(() => chooseDigest(facts(used("b")), registry, "123")).toThrow(
      /no kept release that begins with 123[^]*aaaaaaaaaaaa[^]*bbbbbbbbbbbb/,
    );
  });

  test.each(["", digest("c"), `elsewhere.example/web@${digest("c")}`])(
    "what is not in the stage's registry (%s) needs --digest",
    (reference) => {
      expect(() => chooseDigest(facts(reference), registry, undefined)).toThrow("--digest");
    },
  );

  test("an image by its name, or by a service that runs it", () => {
    const plan = {
      stage: "production",
      images: [{ name: "web" }],
      services: [
        { name: "shop", image: { kind: "build", image: "web" } },
        { name: "db", image: { kind: "reference" } },
      ],
    } as unknown as Plan;
    expect(imageNamed(plan, "web")).toBe("web");
    expect(imageNamed(plan, "shop")).toBe("web");
    expect(() => imageNamed(plan, "db")).toThrow("It builds: web.");
  });
});

describe("the registry's account", () => {
  const state = (result: unknown): Parameters<typeof accountIn>[1] => ({
    pending: [],
    resources: [
      readResource({
        urn: "urn:pulumi:staging::hive::hive:Registry$random:index/randomPassword:RandomPassword::repository-registry-push-password",
        type: "random:index/randomPassword:RandomPassword",
        id: "none",
        outputs: { result },
      }),
    ],
  });

  test("is read as the engine exports secrets", () => {
    const secret = { "4dabf18193072939515e22adb298388d": "x", plaintext: '"p w\\"d"' };
    expect(accountIn("staging", state(secret), "push")).toEqual({
      username: "push",
      password: 'p w"d',
    });
  });

  test.each([[undefined], [""], [{ ciphertext: "v1:abc" }], [{ plaintext: "{" }]])(
    "one that cannot be read (%j) is said to be missing",
    (result) => {
      expect(() => accountIn("staging", state(result), "push")).toThrow(
        "no account push for its registry",
      );
    },
  );

  test("another account is not taken for it", () => {
    expect(() => accountIn("staging", state("word"), "pull")).toThrow("no account pull");
  });
});

describe("where an upload goes", () => {
  test.each([
    `HTTP/1.1 202 Accepted\r\nLocation: https://${registry}/v2/web/blobs/uploads/1?_state=x\r\n\r\n`,
    "HTTP/2 202\r\nlocation: /v2/web/blobs/uploads/1?_state=x\r\n\r\n",
  ])("a path or an address", (headers) => {
    expect(uploadPath(headers, registry)).toBe("/v2/web/blobs/uploads/1?_state=x");
  });

  test.each(["https://elsewhere.example/v2/web/blobs/uploads/1", "/other", ""])(
    "the account is not sent to %s",
    (location) => {
      expect(() => uploadPath(`HTTP/1.1 202\r\nLocation: ${location}\r\n`, registry)).toThrow(
        "did not return a valid upload address",
      );
    },
  );
});

test("curl's configuration ends with the first empty line, and holds the account", () => {
  const head = sendHead(
    curlOptions(
      {
        host: {} as never,
        registry,
        name: "web",
        account: { username: "push", password: 'a"b\\c' },
      },
      "manifests/x",
    ),
  );
  expect(head.indexOf("\n\n")).toBe(head.length - 2);
  expect(head).toContain('user = "push:a\\"b\\\\c"\n');
  expect(head).toContain(`cacert = "/etc/docker/certs.d/${registry}/ca.crt"\n`);
});

describe("what is told", () => {
  const parts = {
    blobs: [descriptor("a", 1_000_000), descriptor("b", 500)],
    manifests: [{ digest: digest("m"), text: "{}", mediaType: dockerType }],
  };

  test("what is there and what is copied", () => {
    expect(
      copyRows({ parts, missing: { blobs: [parts.blobs[0]!], manifests: parts.manifests } }),
    ).toEqual([
      ["  there already", "1 of 2 blobs (500 B)"],
      ["  to be copied", "1 of 2 blobs (1.0 MB), 1 of 1 manifests"],
    ]);
    expect(copyRows({ parts, missing: { blobs: [], manifests: [] } })[1]).toEqual([
      "  to be copied",
      "nothing",
    ]);
  });

  test("how far a blob is", () => {
    expect(progressLine({ blob: parts.blobs[0]!, index: 1, count: 2, copied: 250_000 })).toBe(
      "blob 1 of 2  aaaaaaaaaaaa  250.0 kB of 1.0 MB",
    );
  });
});
