import type * as pulumi from "@pulumi/pulumi";
import { changedInputs } from "../../../providers/framework/dynamic";
import { readResult } from "../../../providers/framework/read-result";
import { isKnown } from "../../../providers/framework/unknown-value";
import { reportWarning } from "../../../providers/progress/progress-line";
import { isUnreachable, reportUnreachable } from "../../../providers/transport/unreachable";
import { messageOf } from "../../../providers/transport/errors";
import { ensureAdminUser, type FirstContact, hasAdminUser, removeFromHost } from "./client";

/** Inputs as they come over the wire. */
export interface AdminUserInputs extends FirstContact {
  /** Takes from the server what hive put there. */
  readonly removal: string;
  /** Limit of the removal, seconds. */
  readonly removalSeconds: number;
  /** Always `ready`; an input so that a refresh can show something else under its name. */
  readonly state: string;
  readonly revision: string;
}

/** What the state holds: no password. */
export type AdminUserState = Omit<AdminUserInputs, "password">;

/** Inputs that decide whether the server has to be met again. */
const CONTACT = ["host", "state"] as const;
/** Who logs in first, and how, is of no interest once the admin user can. */
const INPUTS = [...CONTACT, "removal", "removalSeconds", "revision"] as const;

/** Makes the admin user of a server that exists. */
export const adminUserProvider: pulumi.dynamic.ResourceProvider<AdminUserInputs, AdminUserState> = {
  async check(_olds, news) {
    return { inputs: news, failures: [] };
  },

  async diff(_id, olds, news) {
    if (!isKnown(news)) return { changes: true };
    return { changes: changedInputs(INPUTS, olds, news).length > 0 };
  },

  async create(inputs) {
    await ensureAdminUser(inputs);
    return { id: inputs.host.name, outs: withoutPassword(inputs) };
  },

  async read(id, props) {
    if (props === undefined) return {};
    try {
      const found = await hasAdminUser(props.host);
      return readResult(id, props, INPUTS, found ? {} : { state: "cannot log in" });
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      reportUnreachable(props.host, error);
      return readResult(id, props, INPUTS);
    }
  },

  async update(_id, olds, news) {
    if (changedInputs(CONTACT, olds, news).length > 0) await ensureAdminUser(news);
    return { outs: withoutPassword(news) };
  },

  async delete(_id, { host, removal, removalSeconds }) {
    try {
      const left = await removeFromHost(host, removal, removalSeconds);
      reportWarning(
        `${host.name}: what hive put there is removed. The Docker Engine, installed packages and the admin user '${host.user}' stay; kernel ` +
          "settings last until it is started anew." +
          (left.length === 0 ? "" : `\nThis could not be removed:\n  ${left.join("\n  ")}`),
      );
    } catch (error) {
      // A server that lets this computer in no more is there: what hive put on it must not be
      // forgotten.
      if (!isUnreachable(error)) throw error;
      reportWarning(
        `What hive put on ${host.name} was not removed from there: ${messageOf(error)}\n` +
          "If it comes back, take it out of the network or install it anew.",
      );
    }
  },
};

function withoutPassword(inputs: AdminUserInputs): AdminUserState {
  const kept: { password?: string } & AdminUserState = { ...inputs };
  delete kept.password;
  return kept;
}
