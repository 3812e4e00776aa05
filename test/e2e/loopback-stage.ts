import { statusPath } from "./stage-under-test";
import { eventually, fetchPage, TestStage } from "./test-stage";

/**
 * How a server is reached is the same for few services as for many: the gate, which shows its page
 * to everybody, and a service for its volume.
 */
const smallSite = `import { defineSite } from "../model/site";
import { portal } from "./services/portal";

export const site = defineSite({
  name: "hive.example",
  images: { portal: {} },
  networks: { portal: {} },
  volumes: { ledger: { replicated: { size: "64MiB" } } },
  services: {
    portal: { ...portal, routes: [{ port: 80 }] },
    ledger: {
      image: { build: "portal" }, endpointMode: "dnsrr", networks: [], user: "root", healthcheck: "none", stopGracePeriod: "2s",
      entrypoint: ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1 & wait; done"],
      volumes: [{ source: "ledger", target: "/ledger" }],
    },
  },
});
`;

/** A small stage whose servers are reached through ports of this computer. */
export class LoopbackStage extends TestStage {
  /**
   * @param base - first port. Below those that Linux gives to outgoing connections, which might be
   *   in use at any time.
   */
  constructor(
    name: string,
    cidr: string,
    private readonly base: number,
  ) {
    super(name, { cidr, container: { access: "loopback", loopbackPortBase: base } });
    this.write("site/site.ts", smallSite);
  }

  /** Name of a server, and of its container. */
  readonly server = (index: number): string => `p-hive${index}.${this.siteName}`;

  /** The port on 127.0.0.1 that leads to port 80 of a server. */
  readonly port = (index: number): number => this.base + 1000 * index + 80;

  /** The page that a server's gate shows. */
  readonly page = (index: number): ReturnType<typeof fetchPage> =>
    fetchPage(`http://127.0.0.1:${this.port(index)}${statusPath}`);

  /** Waits until each cluster server shows the page with its own name. */
  async pages(): Promise<void> {
    for (const index of [0, 1, 2]) {
      const answer = await eventually(30, () => this.page(index));
      expect(answer.text).toContain(this.server(index));
    }
  }
}
