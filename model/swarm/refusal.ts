import type { HostSwarmState, SwarmObservation, SwarmView, WantedSwarm } from "./observation";

/** A note about one host of the Swarm for the operator. */
export interface SwarmNote {
  /** Host name. */
  readonly host: string;
  /** Completes the sentence that begins with the host's name. */
  readonly message: string;
  readonly remedy: string;
}

/** How many of `count` managers have to agree. */
export function majority(count: number): number {
  return Math.floor(count / 2) + 1;
}

/** A note as text: one line and the remedy below it. */
export function swarmNoteText(note: SwarmNote): string {
  return `${note.host} ${note.message}\n  remedy: ${note.remedy}`;
}

/** The reasons why nothing can be changed safely; empty when it can. */
export function refusalReasons(wanted: WantedSwarm, seen: SwarmObservation): readonly SwarmNote[] {
  if (wanted.members.length === 0) {
    return [{ host: "the Swarm", message: "has no wanted member", remedy: "name at least one" }];
  }
  const others = foreignSwarms(wanted, seen);
  if (others.length > 0) return others;
  return seen.view === undefined ? withoutView(wanted, seen) : lostMajority(seen.view);
}

function foreignSwarms(wanted: WantedSwarm, seen: SwarmObservation): readonly SwarmNote[] {
  const names = wanted.members.map((member) => member.name);
  const told = names.flatMap((name) => {
    const host = stateOf(seen, name);
    return host.state === "active" && host.clusterId !== undefined
      ? [{ name, clusterId: host.clusterId }]
      : [];
  });
  const ours = seen.view?.clusterId ?? told[0]?.clusterId;
  const elsewhere = told.filter((host) => host.clusterId !== ours);
  const notes = elsewhere.map(({ name, clusterId }) => ({
    host: name,
    message: `is a manager of the Swarm ${clusterId}, but ${seen.view?.through ?? told[0]?.name ?? "another host"} belongs to ${ours}`,
    remedy: leaveText(name),
  }));
  return [...notes, ...names.flatMap((name) => foreignWorker(name, seen))];
}

function foreignWorker(name: string, seen: SwarmObservation): readonly SwarmNote[] {
  const host = stateOf(seen, name);
  const { view } = seen;
  if (view === undefined || host.state !== "active" || host.clusterId !== undefined) return [];
  if (view.nodes.some((node) => node.id === host.nodeId)) return [];
  return [
    {
      host: name,
      message: `is the node ${host.nodeId} of a Swarm, which the Swarm ${view.clusterId} of ${view.through} does not know`,
      remedy: leaveText(name),
    },
  ];
}

function leaveText(name: string): string {
  return `decide which Swarm is the right one; if this host's is not needed, run on ${name}: docker swarm leave --force, then run again`;
}

/** The case that no manager has quorum: either there is no Swarm yet, or it is lost. */
function withoutView(wanted: WantedSwarm, seen: SwarmObservation): readonly SwarmNote[] {
  const names = [...wanted.members.map((member) => member.name), ...(wanted.departed ?? [])];
  const states = names.map((name) => ({ name, host: stateOf(seen, name) }));
  const active = states.filter(({ host }) => host.state === "active");
  if (active.length > 0) return cannotDecide(states, active);
  const waiting = states.filter(({ host }) => ["pending", "error", "locked"].includes(host.state));
  if (waiting.length > 0) {
    return waiting.map(({ name, host }) => ({
      host: name,
      message: `reports its Swarm membership as ${host.state}${detailOf(host)}, and no manager with quorum answers`,
      remedy:
        host.state === "locked"
          ? "unlock it on the host with docker swarm unlock, then run again"
          : "wait a minute and run again; if nothing changes and the Swarm may be recreated, run on the host: docker swarm leave --force",
    }));
  }
  const missing = states.filter(
    ({ name, host }) =>
      host.state !== "inactive" && wanted.members.some((member) => member.name === name),
  );
  const answering = wanted.members.length - missing.length;
  if (answering >= majority(wanted.members.length)) return [];
  return missing.map(({ name, host }) => ({
    host: name,
    message: `does not answer${detailOf(host)}; with ${answering} of ${wanted.members.length} hosts reachable, no Swarm is created, because there may be one on the unreachable hosts`,
    remedy: "bring the host back and run again",
  }));
}

function cannotDecide(
  states: readonly NamedState[],
  active: readonly NamedState[],
): readonly SwarmNote[] {
  const managers = active.filter(({ host }) => host.state === "active" && host.isManager);
  const silent = states.filter(({ host }) => host.state !== "active" && host.state !== "inactive");
  const canReturn = managers.length + silent.length >= majority(states.length);
  const [first] = managers.length > 0 ? managers : active;
  const names = silent.map(({ name }) => name).join(", ");
  const force =
    managers.length === 0
      ? "if no manager is left at all, the Swarm has to be recreated: run docker swarm leave --force on every host, then run again"
      : `if the others are lost for good, run on ${first?.name ?? "it"}: docker swarm init --force-new-cluster ` +
        "--advertise-addr <its private address>, which keeps services, secrets and networks; then run again";
  return [
    {
      host: first?.name ?? "the Swarm",
      message: `belongs to a Swarm without a majority of managers, so nothing in it can be changed; its tasks keep running${
        names === "" ? "" : `. Unreachable: ${names}`
      }`,
      remedy: canReturn && names !== "" ? `bring back ${names} and run again; ${force}` : force,
    },
  ];
}

interface NamedState {
  readonly name: string;
  readonly host: HostSwarmState;
}

function lostMajority(view: SwarmView): readonly SwarmNote[] {
  const voters = view.nodes.filter((node) => node.managerReachability !== undefined);
  const silent = voters.filter((node) => node.managerReachability !== "reachable");
  if (voters.length - silent.length >= majority(voters.length)) return [];
  return silent.map((node) => ({
    host: node.hostname,
    message: `is a manager that does not answer; ${silent.length} of ${voters.length} are unreachable, so nothing in the Swarm can be changed`,
    remedy: "bring the host back and run again",
  }));
}

function stateOf(seen: SwarmObservation, name: string): HostSwarmState {
  return seen.hosts[name] ?? { state: "unreachable" };
}

function detailOf(host: HostSwarmState): string {
  return "detail" in host && host.detail !== undefined ? ` (${host.detail})` : "";
}
