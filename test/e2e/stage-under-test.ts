import { stagePrefixes } from "../../model/values/names";
import { PageWatch } from "./page-watch";
import { docker, eventually, fetchPage, TestStage } from "./test-stage";

/** Servers that are not the private stage's own containers. */
export interface OtherServers {
  /** The container that stands for a server. */
  server(index: number): { readonly container: string };
  /** Gives a server that was killed its power back, where `hive up` does not. */
  powerOn(index: number): Promise<void>;
}

/**
 * The one running stage that all chapters of the end-to-end test share, with what they ask of it
 * again and again.
 */
export class StageUnderTest {
  /** Where the three cluster hosts answer. */
  addresses: readonly string[];
  /** Their addresses among each other. */
  privateAddresses: readonly string[];

  /**
   * @param cidr - a /24 of its own.
   * @param servers - those of another fleet; default: hive makes them, as containers. Their
   *   configuration is the caller's.
   */
  constructor(
    name: string,
    readonly cidr: string,
    private readonly servers?: OtherServers,
    readonly stage: TestStage = new TestStage(name, { cidr }),
  ) {
    this.addresses = [4, 5, 6].map((last) => cidr.replace(/0\/24$/, String(last)));
    this.privateAddresses = this.addresses;
  }

  /** How the status page is served. */
  protected get scheme(): "http" | "https" {
    return "http";
  }

  /** Full name of a server. */
  readonly host = (index: number): string =>
    `${stagePrefixes[this.stage.stageName]}hive${index}.${this.stage.siteName}`;

  /** Name of the container that is a server, or stands for one. */
  readonly container = (index: number): string =>
    this.servers?.server(index).container ?? this.host(index);

  /** Takes a server's power away. */
  readonly kill = (index: number): void => void docker("kill", this.container(index));

  /** Gives it back where a person has to: `hive up` starts only servers that hive made. */
  readonly powerOn = async (index: number): Promise<void> => this.servers?.powerOn(index);

  /** The stage's network on this computer's engine. */
  get networkName(): string {
    return `p-${this.stage.siteName}`;
  }

  /** Runs a program on a server. @throws Error with its message when it fails. */
  readonly inside = (index: number, ...command: string[]): string =>
    docker("exec", this.container(index), ...command);

  /** Runs a shell script on a server. */
  readonly onHost = (index: number, script: string): string =>
    this.inside(index, "bash", "-c", script);

  /**
   * Waits until all three cluster hosts serve a status page that the check accepts, and returns the
   * pages.
   */
  readonly pages = (
    accept: (text: string, index: number) => boolean,
    seconds = 60,
  ): Promise<string[]> =>
    eventually(seconds, async () => {
      const answers = await Promise.all(this.statusPages().map((url) => fetchPage(url)));
      const good = answers.every(
        (answer, index) => answer?.status === 200 && accept(answer.text, index),
      );
      return good ? answers.map((answer) => answer?.text ?? "") : undefined;
    });

  /** Asks all three cluster hosts for their status page until it is ended. */
  readonly watchPages = (): PageWatch => new PageWatch(this.statusPages());

  private readonly statusPages = (): readonly string[] =>
    this.addresses.map((address) => `${this.scheme}://${address}${statusPath}`);

  readonly namesItsHost = (text: string, index: number): boolean => text.includes(this.host(index));

  /** `hive up`. @throws Error with all its output when it fails, or the site is not whole then. */
  readonly up = (...flags: string[]): Promise<string> => this.upEndingWith(0, flags);

  /** `hive up` of a site that is not whole at its end. @throws Error as {@link up}. */
  readonly upNotWhole = (...flags: string[]): Promise<string> => this.upEndingWith(5, flags);

  private async upEndingWith(code: number, flags: readonly string[]): Promise<string> {
    // Less than a test may take, so that a run that hangs shows what it printed.
    const run = await this.stage.hive(["up", "--yes", ...flags], { deadlineSeconds: 720 });
    if (run.code !== code) throw new Error(`hive up: exit code ${run.code}\n${run.output}`);
    return run.output;
  }

  /** `pulumi <command> --expect-no-changes`; the output when something was to change. */
  readonly changesOf = async (...command: string[]): Promise<string> => {
    const run = await this.stage.hive(["pulumi", "--", ...command, "--expect-no-changes"]);
    return run.code === 0 ? "" : run.output;
  };

  /** How often the servers' sshd let somebody in, altogether. */
  readonly logins = (): number =>
    [0, 1, 2, 3]
      .map((index) =>
        this.onHost(index, "journalctl -u ssh --no-pager | grep -c 'Accepted publickey' || true"),
      )
      .reduce((sum, count) => sum + Number(count), 0);

  /** A service as the Swarm has it, by a Go template of `docker service inspect`. */
  readonly inspectService = (name: string, template: string, from = 0): string =>
    this.inside(from, "docker", "service", "inspect", name, "--format", template);

  /** Indices of the cluster hosts on which a service's tasks run, as a manager knows it. */
  readonly hostsOf = (service: string, from = 0): readonly number[] => {
    const names = this.inside(
      from,
      ...["docker", "service", "ps", service, "--filter", "desired-state=running"],
      ...["--format", "{{.Node}} {{.CurrentState}}"],
    )
      .split("\n")
      .filter((line) => line.includes(" Running "))
      .map((line) => line.split(" ")[0]);
    return [0, 1, 2].filter((index) => names.includes(this.host(index)));
  };

  /** Index of the cluster host on which the only task of a service runs. */
  readonly hostOf = (service: string, from = 0): number => {
    const [index, ...more] = this.hostsOf(service, from);
    if (index === undefined || more.length > 0) {
      throw new Error(`${service} runs on ${more.length + (index === undefined ? 0 : 1)} hosts.`);
    }
    return index;
  };
}

/** Where the gate shows its host and release to everybody, without a login. */
export const statusPath = "/status/";

/** The page that is there, in the project. */
export const statusPage = "platform/images/gate/files/usr/share/gate/status.html";
