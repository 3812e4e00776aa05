import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { HiveOutputs } from "../../outputs";
import { seenCalls } from "../../rehearsal/folder";
import { type Answers, askCloud, type Question } from "../emulated-cloud/ask";
import { commandOf, descendants, killAll } from "./process-tree";
import { RehearsedStage } from "./rehearsed-stage";
import type { DeployedStage } from "./chapters/deploy-workflow";
import { StageUnderTest } from "./stage-under-test";
import { docker } from "./test-stage";

/** What hive makes in EC2 besides instances: how to ask for it, the answer's list, and the id. */
const ownedKinds = [
  ["describe_vpcs", "Vpcs", "VpcId"],
  ["describe_subnets", "Subnets", "SubnetId"],
  ["describe_internet_gateways", "InternetGateways", "InternetGatewayId"],
  ["describe_route_tables", "RouteTables", "RouteTableId"],
  ["describe_security_groups", "SecurityGroups", "GroupId"],
  ["describe_addresses", "Addresses", "AllocationId"],
  ["describe_volumes", "Volumes", "VolumeId"],
] as const;

/** A stage on AWS under test, in its rehearsal. */
export class RehearsedSite extends StageUnderTest {
  override readonly stage: RehearsedStage;

  /** @param cidr - a /24 of its own. */
  constructor(name: string, cidr: string, stageName?: "staging" | "production") {
    const stage = new RehearsedStage(name, { cidr }, stageName);
    super(
      name,
      cidr,
      {
        server: (index) => ({ container: this.containerOf(index) }),
        // `hive up` starts an instance again.
        powerOn: () => Promise.resolve(),
      },
      stage,
    );
    this.stage = stage;
  }

  /** Outside the private stage, HTTP leads to HTTPS. */
  protected override get scheme(): "http" | "https" {
    return "https";
  }

  /** The stage for a workflow: with what a rehearsal gives its commands. */
  get deployed(): DeployedStage {
    const folder = this.stage.directory;
    const rehearsal = join(folder, ".hive", this.stage.stageName, "rehearsal");
    return {
      stage: this.stage.stageName,
      folder,
      env: {
        ...process.env,
        HIVE_HOME: join(rehearsal, "home"),
        HIVE_STAGE_FILE: join(rehearsal, this.stage.file),
        HIVE_SSH_KEY: join(rehearsal, "operator"),
        HIVE_REHEARSAL: this.stage.stageName,
      },
    };
  }

  /** Folder of the emulated cloud. */
  get cloud(): string {
    return join(this.stage.directory, ".hive", this.stage.stageName, "rehearsal", "cloud");
  }

  /** Reads where the servers are, once they are there. */
  readonly learnAddresses = async (): Promise<void> => {
    const { stdout } = await this.stage.hive(["outputs", "--json"]);
    const { hosts } = JSON.parse(stdout) as HiveOutputs;
    const cluster = hosts.filter(({ role }) => role === "cluster");
    this.addresses = cluster.map(({ publicAddress }) => publicAddress);
    this.privateAddresses = hosts.map(({ privateAddress }) => privateAddress);
  };

  /** Asks the emulated cloud; the answers in the order of the questions. */
  readonly ask = (...questions: readonly Question[]): Answers => {
    const answers = askCloud(this.cloud, questions);
    if (!Array.isArray(answers)) throw new Error(JSON.stringify(answers));
    return answers;
  };

  /** One question about EC2. */
  readonly ec2 = (method: string, question: object = {}): Answers =>
    this.ask(["ec2", method, question])[0];

  /** The instance that is a server. */
  readonly instance = (
    index: number,
  ): { readonly InstanceId: string; readonly PublicIpAddress?: string } => {
    const { Reservations } = this.ec2("describe_instances", {
      Filters: [
        { Name: "tag:Name", Values: [this.host(index)] },
        { Name: "instance-state-name", Values: ["pending", "running", "stopping", "stopped"] },
      ],
    });
    return Reservations[0].Instances[0] as { readonly InstanceId: string };
  };

  /** Ids of the disks of volumes that a server has. */
  readonly volumesOf = (index: number): readonly string[] => {
    const { Volumes } = this.ec2("describe_volumes", {
      Filters: [
        { Name: "attachment.instance-id", Values: [this.instance(index).InstanceId] },
        { Name: "tag-key", Values: ["hive:volume"] },
      ],
    });
    return (Volumes as { readonly VolumeId: string }[]).map(({ VolumeId: id }) => id);
  };

  /** The rules that let connections in, of the site's security groups. */
  readonly rules = (): readonly {
    readonly GroupId: string;
    readonly SecurityGroupRuleId: string;
    readonly FromPort: number;
  }[] => {
    const { SecurityGroups } = this.ec2("describe_security_groups", { Filters: this.ofSite });
    const groups = (SecurityGroups as { readonly GroupId: string }[]).map(({ GroupId: id }) => id);
    const { SecurityGroupRules } = this.ec2("describe_security_group_rules", {
      Filters: [{ Name: "group-id", Values: groups }],
    });
    return (SecurityGroupRules as { IsEgress: boolean }[]).filter(
      ({ IsEgress: isOut }) => !isOut,
    ) as never;
  };

  /** Ids of everything of the site in the account, in order, but terminated instances. */
  readonly tagged = (): readonly string[] => {
    const Filters = this.ofSite;
    // `describe_tags` would name what is deleted as well.
    const answers = this.ask(
      ...ownedKinds.map(([method]): Question => ["ec2", method, { Filters }]),
    ) as readonly Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>[];
    const { Reservations } = this.ec2("describe_instances", {
      Filters: [
        ...Filters,
        {
          Name: "instance-state-name",
          Values: ["pending", "running", "stopping", "stopped"],
        },
      ],
    });
    const instances = (
      Reservations as { readonly Instances: { readonly InstanceId: string }[] }[]
    ).flatMap(({ Instances }) => Instances.map(({ InstanceId: id }) => id));
    const others = ownedKinds.flatMap(([, list, id], index) =>
      (answers[index]?.[list] ?? []).map((each) => each[id] ?? ""),
    );
    return [...instances, ...others].sort();
  };

  /** Ids of everything of the site in the account that its state does not name. */
  readonly unrecorded = async (): Promise<readonly string[]> => {
    // System disks are in the properties of their instances.
    const { stdout } = await this.stage.hive(["pulumi", "--", "stack", "export"]);
    return this.tagged().filter((id) => !stdout.includes(id));
  };

  /**
   * Starts `hive up`, and kills it with everything that it has started as soon as EC2 is asked for
   * something.
   *
   * @param call e.g. `ec2:CreateVpc`; of calls that the account has seen before, none counts
   * @param delay milliseconds to wait then
   */
  readonly killAt = async (call: string, delay: number): Promise<void> => {
    const child = this.stage.start(["up", "--yes"]);
    const ended = new Promise((resolve) => child.once("close", resolve));
    const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
    while (!isOver() && !seenCalls(this.cloud).includes(call)) await pause(50);
    await pause(delay);
    if (isOver()) throw new Error(`The run ended before it was killed at ${call}.`);
    this.killRun(child.pid);
    await ended;
  };

  /** Kills a run with everything that it has started, but not the cloud. */
  readonly killRun = (pid: number | undefined): void => {
    if (pid === undefined) throw new Error("The run did not start.");
    const run = [{ pid, command: commandOf(pid) }, ...descendants(pid)];
    killAll(run.filter(({ command }) => !/\0-m\0(?:emulator|runner)\0/.test(command)));
  };

  private get ofSite(): readonly object[] {
    return [{ Name: "tag:hive:site", Values: [this.stage.siteName] }];
  }

  /** Name of the label on everything that the rehearsal has on the Docker Engine. */
  get label(): string {
    const { id } = JSON.parse(readFileSync(join(this.cloud, "settings.json"), "utf8")) as {
      readonly id: string;
    };
    return `hive.rehearsal=${id}`;
  }

  /** Servers have fixed private addresses, so these tell which container is which. */
  private containerOf(index: number): string {
    const ids = docker("ps", "--all", "--quiet", "--filter", `label=${this.label}`).split("\n");
    const format =
      "{{range .NetworkSettings.Networks}}{{with .IPAMConfig}}{{.IPv4Address}}{{end}}{{end}} {{.Name}}";
    const line = docker("inspect", "--format", format, ...ids)
      .split("\n")
      .find((each) => each.startsWith(`${this.privateAddresses[index]} `));
    if (line === undefined) throw new Error(`No container is the server ${index}.`);
    return line.slice(line.indexOf("/") + 1);
  }
}
