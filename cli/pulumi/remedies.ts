import { knownRefusals } from "../../fleet/known-refusals";

/** Errors from outside of hive whose text does not say what to do. */
interface KnownError {
  readonly pattern: RegExp;
  readonly remedy: string;
}

const known: readonly KnownError[] = [
  {
    pattern: /message authentication failed/,
    remedy:
      "A secret in this stage's Pulumi.<stage>.yaml was encrypted with another key: on another computer, or before .hive/ was\n" +
      "removed there. Nothing was changed. Set it again, with its name instead of NAME:\n" +
      "  npx hive pulumi -- config set --stack <stage> --secret --path 'hive:secrets[\"NAME\"]'",
  },
  {
    pattern: /incorrect passphrase/,
    remedy:
      "This is not the passphrase that the stage was created with. Nothing was changed.\n" +
      "Unset PULUMI_CONFIG_PASSPHRASE and PULUMI_CONFIG_PASSPHRASE_FILE to use the project's own (in .hive/), or give\n" +
      "the right one.",
  },
  {
    pattern: /passphrase must be set/,
    remedy:
      "No passphrase was given. Nothing was changed.\n" +
      "Put it into a file that only you can read and set PULUMI_CONFIG_PASSPHRASE_FILE to its path.",
  },
  {
    pattern: /stack is currently locked/,
    remedy: "Another run is changing this stage. Nothing was changed. Wait until it has ended.",
  },
  {
    pattern: /Pool overlaps with other one on this address space|invalid pool request/,
    remedy:
      "Another network on this computer uses addresses of this stage's network. Give the stage another one with\n" +
      "`hive:cidr` in its Pulumi.<stage>.yaml, or remove the other network (`docker network ls`).",
  },
  {
    pattern: /port is already allocated|address already in use/,
    remedy: "Another program has this port. Stop it, or publish another port in site/services/.",
  },
  {
    pattern: /no space left on device/i,
    remedy:
      "A disk is full. `docker system df` shows what the Docker Engine holds. Free some space and run `npx hive up` again.",
  },
  {
    pattern:
      /Cannot connect to the Docker daemon|docker daemon is not reachable|connect ENOENT .*docker\.sock/,
    remedy:
      "The Docker Engine of this computer does not answer. `npm run doctor` says what is missing.",
  },
  {
    pattern: /is already in use by container|network with name .* already exists/,
    remedy:
      "This computer's Docker Engine has an object of that name that is not in this stage's state. An interrupted run created\n" +
      "it, or another clone of the project. `npx hive destroy` removes everything that carries this stage's labels.",
  },
  {
    pattern: /no resource plugin|resource plugin .* not found|failed to (?:load|install) .*plugin/i,
    remedy:
      "A Pulumi plugin is missing. `npm start` fetches or builds it; `npm run doctor` shows which.",
  },
  ...knownRefusals,
];

/** The remedy for an error's text, if hive knows one that the text does not give itself. */
export function remedyFor(text: string): string | undefined {
  const remedy = known.find(({ pattern }) => pattern.test(text))?.remedy;
  return remedy === undefined || text.includes(remedy) ? undefined : remedy;
}
