import {
  digestOf,
  isByDigest,
  isByTag,
  isImageId,
  repositoryOf,
  resolvedReference,
} from "../../../../model/image/reference";

const digest = `sha256:${"a".repeat(64)}`;
const other = `sha256:${"b".repeat(64)}`;

describe("image references", () => {
  test.each([
    ["nginx", { tag: false, digest: false, repository: "nginx" }],
    ["nginx:1.27", { tag: true, digest: false, repository: "nginx" }],
    ["host:5000/web", { tag: false, digest: false, repository: "host:5000/web" }],
    ["host:5000/web:1", { tag: true, digest: false, repository: "host:5000/web" }],
    [`host:5000/web@${digest}`, { tag: false, digest: true, repository: "host:5000/web" }],
    [`web:1@${digest}`, { tag: false, digest: true, repository: "web" }],
  ])("%s", (reference, expected) => {
    expect({
      tag: isByTag(reference),
      digest: isByDigest(reference),
      repository: repositoryOf(reference),
    }).toEqual(expected);
  });

  test("an id is an id, and has no digest of a registry", () => {
    expect([isImageId(digest), isByDigest(digest), digestOf(digest)]).toEqual([true, false, ""]);
    expect(isImageId(`web@${digest}`)).toBe(false);
  });

  test.each([
    ["nginx:1", [`nginx@${digest}`], `nginx@${digest}`],
    ["docker.io/library/nginx:1", [`nginx@${digest}`], `docker.io/library/nginx@${digest}`],
    ["docker.io/team/web:1", [`team/web@${digest}`], `docker.io/team/web@${digest}`],
    ["library/nginx:1", [`nginx@${digest}`], `library/nginx@${digest}`],
    ["host:5000/web:1", [`web@${other}`, `host:5000/web@${digest}`], `host:5000/web@${digest}`],
    ["host:5000/library/web:1", [`host:5000/web@${other}`], undefined],
    ["web:1", [], undefined],
  ])("%s is what the engine says of its repository", (reference, repoDigests, expected) => {
    expect(resolvedReference(reference, repoDigests)).toBe(expected);
  });
});
