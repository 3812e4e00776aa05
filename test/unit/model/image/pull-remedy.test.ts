import { pullRemedy } from "../../../../model/image/pull-remedy";

const unreachable = (reference: string): string =>
  `The servers do not reach its registry: check their internet access and the name ${reference}, or build the image under site/images.`;
const missing = (reference: string): string =>
  `No such image or tag, or it is private: check the reference ${reference} in site/.`;

test.each([
  [
    "ngnix:1",
    'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 127.0.0.53:53: no such host',
    unreachable("ngnix:1"),
  ],
  ["quay.io/a/b:1", "dial tcp 10.0.0.7:443: i/o timeout", unreachable("quay.io/a/b:1")],
  [
    "localhost:5000/b:1",
    "dial tcp 127.0.0.1:5000: connect: connection refused",
    unreachable("localhost:5000/b:1"),
  ],
  ["a/b:1", "net/http: TLS handshake timeout", unreachable("a/b:1")],
  ["web:none", "manifest for web:none not found: manifest unknown", missing("web:none")],
  [
    "quay.io/a/b:1",
    "pull access denied for quay.io/a/b, repository does not exist or may require 'docker login'",
    missing("quay.io/a/b:1"),
  ],
  ["ghcr.io/a/b:1", 'Head "https://ghcr.io/v2/a/b/manifests/1": denied', missing("ghcr.io/a/b:1")],
  ["quay.io/a/b:1", "unauthorized: access to the resource is denied", missing("quay.io/a/b:1")],
  ["a/b:1", "toomanyrequests: You have reached your pull rate limit", undefined],
  ["a/b:1", "write /var/lib/docker/tmp/x: no space left on device", undefined],
  ["a/b:1", "SSH works, but the socket cannot be reached (Connection refused)", undefined],
  ["a/b:1", "open /var/lib/docker: permission denied", undefined],
])("%s: %s", (reference, reason, remedy) => {
  expect(pullRemedy(reference, reason)).toBe(remedy);
});
