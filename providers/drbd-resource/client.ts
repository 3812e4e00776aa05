import { createHash } from "node:crypto";
import { lastLines } from "../../model/values/last-lines";
import { withoutSecrets } from "../../model/values/without-secrets";
import {
  filesystemReader,
  nextStep,
  type VolumeStep,
  type WantedVolume,
} from "../../model/volume/drbd/next-step";
import { readFilesystem, readLook } from "../../model/volume/drbd/read-look";
import type { ReplicaReport, ReplicaReports } from "../../model/volume/drbd/replica-report";
import { onEveryHost } from "../every-host";
import { progressReporter } from "../progress/progress-line";
import { runCommand } from "../transport/command";
import { sleep } from "../transport/deadline";
import { describeHost, isTransportError } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";

/** A volume and its servers. */
export interface VolumeOnServers extends WantedVolume {
  /** In the order of the node ids. */
  readonly hosts: readonly HostAccess[];
  /**
   * For each server, the command that looks after the volume there (`render/drbd/host-command.ts`).
   */
  readonly commands: readonly string[];
  /** The resource file, the same for all servers. Secret: it contains {@link secret}. */
  readonly file: string;
  /** Secret. */
  readonly secret: string;
}

/** Limit of one use of the command, seconds: its own (300) and what sudo and SSH take. */
const commandSeconds = 330;
const dialSeconds = 5;
/** How long a connection, or data, may be waited for, seconds. */
const waitSeconds = 180;
const pauseMs = 1000;
/** More looks than any volume takes: a program that never ends is no help. */
const mostLooks = 500;
/** How often the same step is done while the look after it says the same. */
const mostTries = 3;

/**
 * Brings the volume to what it shall be on all servers that answer, whatever an earlier run has
 * left.
 *
 * @returns the names of the servers that do not answer
 * @throws Error with what is wrong, where, and what to do; without a secret
 */
export async function bringVolume(volume: VolumeOnServers): Promise<readonly string[]> {
  const say = progressReporter();
  let tried = { text: "", count: 0 };
  let waiting = { text: "", since: Date.now() };
  for (let looks = 0; looks < mostLooks; looks++) {
    const reports = await lookAt(volume);
    const decision = nextStep(volume, reports);
    switch (decision.next) {
      case "done":
        return decision.missing;
      case "refuse":
        throw new Error(`${sentence(decision.message)} ${sentence(decision.remedy)}`);
      case "wait":
        say(`the volume ${volume.name} waits for ${decision.for}`);
        if (decision.for !== waiting.text) waiting = { text: decision.for, since: Date.now() };
        if (Date.now() - waiting.since > waitSeconds * 1000)
          throw new Error(
            `The volume ${volume.name} waited ${waitSeconds} s for ${decision.for}. Look on its servers: sudo drbdadm status ${volume.name}. Then run again.`,
          );
        await sleep(pauseMs);
        break;
      case "step": {
        const text = JSON.stringify([decision.step, [...reports]]);
        tried = { text, count: text === tried.text ? tried.count + 1 : 1 };
        if (tried.count > mostTries)
          throw new Error(
            `The volume ${volume.name}: '${decision.step.kind}' was done ${mostTries} times on ${placesOf(decision.step).join(", ")}, and nothing changed. Look on its servers: sudo drbdadm status ${volume.name}.`,
          );
        say(
          `the volume ${volume.name}: ${decision.step.kind} on ${placesOf(decision.step).join(", ")}`,
        );
        await doStep(volume, decision.step);
      }
    }
  }
  throw new Error(`The volume ${volume.name} is not as it shall be after ${mostLooks} looks.`);
}

/** What all servers say of the volume; undefined for those that do not answer. */
export async function lookAt(volume: VolumeOnServers): Promise<ReplicaReports> {
  const hash = createHash("sha256").update(volume.file).digest("hex");
  const seen = await onEveryHost(
    volume.hosts,
    async (host): Promise<[string, ReplicaReport | undefined]> => {
      try {
        return [host.name, readLook(await use(volume, host.name, `look ${hash}`))];
      } catch (error) {
        if (isTransportError(error, "unreachable", "lost", "deadline"))
          return [host.name, undefined];
        throw error;
      }
    },
  );
  const reports = new Map(seen);
  const reader = filesystemReader(reports);
  const report = reader === undefined ? undefined : reports.get(reader.host);
  if (reader === undefined || report === undefined) return reports;
  const verb = reader.isPrimary || volume.isMade ? "filesystem" : "filesystem check";
  const filesystem = readFilesystem(await use(volume, reader.host, verb));
  return new Map([...reports, [reader.host, { ...report, filesystem }]]);
}

/** Result of {@link removeFromServers}, by names of servers. */
export interface Removal {
  readonly away: readonly string[];
  /** With the reason, one line for each. */
  readonly left: readonly string[];
}

/** Takes the volume off its servers, with its data; where somebody uses it, it stays. */
export async function removeFromServers(volume: VolumeOnServers): Promise<Removal> {
  const away: string[] = [];
  const left: string[] = [];
  for (const { name } of volume.hosts) {
    try {
      await use(volume, name, "remove");
    } catch (error) {
      if (isTransportError(error, "unreachable", "lost", "deadline")) away.push(name);
      else left.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { away, left };
}

async function doStep(volume: VolumeOnServers, step: VolumeStep): Promise<void> {
  const input = step.kind === "write-file" ? volume.file : "";
  for (const host of placesOf(step)) await use(volume, host, step.kind, input);
}

function placesOf(step: VolumeStep): readonly string[] {
  return "hosts" in step ? step.hosts : [step.host];
}

async function use(
  { name, hosts, commands, secret }: VolumeOnServers,
  place: string,
  verb: string,
  input = "",
): Promise<string> {
  const index = hosts.findIndex((one) => one.name === place);
  const [host, command] = [hosts[index], commands[index]];
  if (host === undefined || command === undefined)
    throw new Error(`The volume ${name} has no server ${place}.`);
  const { code, stdout, stderr } = await runCommand(host, command, {
    stdin: `${verb}\n${input}`,
    deadlineSeconds: commandSeconds,
    dialSeconds,
  });
  if (code === 0) return stdout;
  const printed = withoutSecrets(stderr.trim() === "" ? stdout : stderr, [secret]);
  throw new Error(
    `The volume ${name}: '${verb.replace(/ .*/, "")}' failed on ${describeHost(host)} with exit code ${code}:\n  ${lastLines(printed.trim()).join("\n  ")}`,
  );
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
