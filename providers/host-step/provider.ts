import type * as pulumi from "@pulumi/pulumi";
import { changedInputs, changesOf } from "../framework/dynamic";
import { readResult } from "../framework/read-result";
import { isKnown } from "../framework/unknown-value";
import { isUnreachable, reportUnreachable, wasUnreachable } from "../transport/unreachable";
import { convergeHost, findDifferences, type StepOnHost } from "./client";

/** Inputs as they come over the wire. */
export interface HostStepInputs extends StepOnHost {
  /** Changes exactly when the server was replaced by a new one. */
  readonly incarnation: string;
  /** Always `converged`; an input so that a refresh can show something else under its name. */
  readonly state: string;
  readonly revision: string;
}

/** What the state holds. */
export interface HostStepState extends HostStepInputs {
  /** Whether the step is still to be done because the host did not answer. */
  readonly missing: boolean;
}

/** Inputs that decide what the step does on the host. */
const CONTENT = ["script", "input", "incarnation", "state"] as const;

/** Keeps one part of a host in the wanted state. */
export const hostStepProvider = {
  async check(_olds, news) {
    return { inputs: news, failures: [] };
  },

  async diff(_id, olds, news) {
    const differ = !isKnown(news) || changedInputs(namesOf(olds, news), olds, news).length > 0;
    return changesOf(differ, olds.missing);
  },

  async create(inputs) {
    return { id: `${inputs.host.name}/${inputs.step}`, outs: await convergeOrWait(inputs) };
  },

  async read(id, props) {
    if (props === undefined) return {};
    try {
      const differences = await findDifferences(props);
      const state = differences.length === 0 ? "converged" : `differs: ${differences.join(", ")}`;
      return readResult(id, props, namesOf(props), { state });
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      reportUnreachable(props.host, error);
      return readResult(id, props, namesOf(props));
    }
  },

  async update(_id, olds, news) {
    const isDone = !olds.missing && changedInputs(CONTENT, olds, news).length === 0;
    if (isDone) return { outs: { ...news, missing: false } };
    // A recreated server answered a moment ago, and others may be waiting until it is in service.
    const mustAnswer = olds.incarnation !== news.incarnation;
    return { outs: await convergeOrWait(news, mustAnswer) };
  },

  // It goes with the server.
  async delete() {},
} satisfies pulumi.dynamic.ResourceProvider<HostStepInputs, HostStepState>;

/** The names of all inputs: what the step means to a reader has names of its own. */
function namesOf(...states: readonly Partial<HostStepState>[]): (keyof HostStepInputs)[] {
  const names = new Set(states.flatMap((state) => Object.keys(state)));
  return [...names].filter(
    (name): name is keyof HostStepInputs => name !== "missing" && !name.startsWith("__"),
  );
}

/**
 * A host that does not answer is not an error: the next run does the step, and other hosts go on.
 * On that host no further step runs: a step is never done in a run in which an earlier one was not.
 */
async function convergeOrWait(inputs: HostStepInputs, mustAnswer = false): Promise<HostStepState> {
  if (!mustAnswer && wasUnreachable(inputs.host)) return { ...inputs, missing: true };
  try {
    await convergeHost(inputs);
    return { ...inputs, missing: false };
  } catch (error) {
    if (mustAnswer || !isUnreachable(error)) throw error;
    reportUnreachable(inputs.host, error);
    return { ...inputs, missing: true };
  }
}
