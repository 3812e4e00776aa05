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
  /** The command that removes hive from the server. */
  readonly removal: string;
  /** Limit of the removal, seconds. */
  readonly removalSeconds: number;
  /** Always `ready`; an input so that a refresh can show something else under its name. */
  readonly state: string;
  readonly revision: string;
}

/** What the state holds. It contains no password. */
export type AdminUserState = Omit<AdminUserInputs, "password">;

/** Inputs that decide whether the server needs another first contact. */
const CONTACT = ["host", "state"] as const;
/** Inputs that no longer matter when the admin user can log in. */
const INPUTS = [...CONTACT, "removal", "removalSeconds", "revision"] as const;

/** Creates the admin user of an existing server. */
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
        `hive is removed from ${host.name}. The Docker Engine, installed packages and the admin user '${host.user}' stay; kernel ` +
          "settings last until its next boot." +
          (left.length === 0 ? "" : `\nThese parts could not be removed:\n  ${left.join("\n  ")}`),
      );
    } catch (error) {
      // A server that refuses this computer still exists: hive's parts on it must not be forgotten.
      if (!isUnreachable(error)) throw error;
      reportWarning(
        `hive could not be removed from ${host.name}: ${messageOf(error)}\n` +
          "If this server comes back, disconnect it from the network or reinstall it.",
      );
    }
  },
};

function withoutPassword(inputs: AdminUserInputs): AdminUserState {
  const kept: { password?: string } & AdminUserState = { ...inputs };
  delete kept.password;
  return kept;
}
