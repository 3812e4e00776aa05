import { PlainServers } from "./plain-servers";
import { StageUnderTest } from "./stage-under-test";

/**
 * The whole sample site on four servers that the test makes, plain Debian with systemd and sshd. An
 * operator's key opens two of them, a one-time password the others; one of those by sudo.
 */
export class PreparedSite extends StageUnderTest {
  readonly password = "Planted 'password' 1";
  readonly plain: PlainServers;

  /** @param cidr - a /24 of its own. */
  constructor(name: string, cidr: string) {
    const plain = new PlainServers(`hive-${name}-test`, cidr);
    super(name, cidr, plain);
    this.plain = plain;
  }

  /** Makes the servers, and writes the stage's file, as an operator does. */
  async prepare(): Promise<void> {
    const { plain, stage, password } = this;
    await plain.start(4);
    plain.allowPassword(1, "root", password);
    await plain.install(2, "sudo");
    plain.inside(2, "useradd --create-home --shell /bin/bash --groups sudo debian");
    plain.allowPassword(2, "debian", password);
    stage.configure({
      fleet: "prepared",
      // The servers of this test reach no registry.
      prepared: { hosts: this.hosts(), baseImages: "local" },
      // They are containers of this computer, whose kernel need not have IPsec.
      encryptNetworks: false,
      operators: [{ name: "operator", publicKey: plain.publicKey }],
    });
    stage.keyFile = plain.keyFile;
    await this.setPassword("hive1");
    await this.setPassword("hive2");
  }

  /** Takes all of it away. */
  async remove(): Promise<void> {
    await this.stage.hive(["destroy", "--yes"]);
    this.stage.remove();
    this.plain.remove();
  }

  /** `hive:prepared.hosts`, as an operator writes it. */
  private hosts(): Record<string, unknown> {
    return Object.fromEntries(
      this.plain.servers.map(({ address, hostKey }, index) => [
        `hive${index}`,
        {
          address,
          hostKey,
          zone: `zone-${"abca"[index]}`,
          ...(index === 2 ? { user: "debian" } : {}),
        },
      ]),
    );
  }

  /** Sets a one-time password, as an operator does: the value stands in no command line. */
  private async setPassword(name: string): Promise<void> {
    const key = `hive:oneTimePasswords["${name}"]`;
    const run = await this.stage.hive(
      ["pulumi", "--", "config", "set", "--stack", "private", "--secret", "--path", key],
      { stdin: this.password },
    );
    if (run.code !== 0) throw new Error(run.output);
  }
}
