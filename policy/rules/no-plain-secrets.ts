import { types } from "../resource-types";
import { resourceRule } from "../rule";

const secretName = /(^|_)(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY)$/i;
/** Formats of keys that are secret wherever they stand. */
const secretValue =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_\w{36}/;

/** Environments of services are plain for everybody who may list services. */
export const noPlainSecrets = resourceRule({
  id: "no-plain-secrets",
  severity: "critical",
  enforcement: "mandatory",
  why: "Variables of a service stand in clear in the Swarm, in the state and in the processes' listing.",
  remedy:
    "Declare a secret of the site and mount it (`secrets` in site/services); many images take NAME_FILE.",
  types: [types.service],
  judge: ({ props }) => {
    const { environment } = props;
    if (typeof environment !== "object" || environment === null) return [];
    return Object.entries(environment as Record<string, unknown>).flatMap(([name, value]) => {
      if (typeof value !== "string" || value === "") return [];
      // The value itself is never part of a message.
      if (secretValue.test(value)) return [`Its variable ${name} holds a key in clear.`];
      return secretName.test(name)
        ? [`Its variable ${name} is named like a secret, in clear.`]
        : [];
    });
  },
});
