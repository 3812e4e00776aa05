import { quote } from "../../render/shell";
import { authorizedKeysPath, effectiveSshd } from "../../render/sshd";
import type { AuditFacts, ServerProbe } from "./facts";
import type { Finding } from "./finding";
import { ofServers, type ServerFinding } from "./of-servers";

/** Who gets in and who becomes root: sshd, keys, users, groups, sudo. */
export function judgeAccounts(facts: AuditFacts): readonly Finding[] {
  return ofServers(facts, (probe, { user }, ssh) => [
    ...sshdSettings(probe, user, ssh),
    ...foreignKeys(probe, user, facts, ssh),
    ...users(probe, ssh),
    ...members(probe, user, ssh),
    ...sudoRules(probe, user, ssh),
  ]);
}

/** Files of sshd where somebody may have written what counts. */
const sshdFiles = "/etc/ssh/sshd_config /etc/ssh/sshd_config.d";

function sshdSettings(probe: ServerProbe, user: string, ssh: string): readonly ServerFinding[] {
  const wanted = effectiveSshd(user);
  const failed = (part: string): boolean => probe.failed.includes(part);
  const wrong = failed("sshd") ? [] : differing(probe.sshd, wanted);
  // Of root, it is enough that it may not log in.
  const forRoot = failed("sshd-root")
    ? []
    : differing(
        probe.sshdForRoot,
        wanted.filter((line) => line.startsWith("permitrootlogin ")),
      ).filter((line) => !wrong.includes(line));
  return [
    ...[...wrong, ...forRoot].map((line) => ({
      id: "sshd-settings" as const,
      severity: "high" as const,
      what: `sshd works with \`${line}\`; hive's settings are \`${meant(line, wanted)}\`.`,
      remedy: `\`${ssh} sudo grep -rinE '${keyword(line)}|match' ${sshdFiles}\` shows where it comes from: take it out there, then \`${ssh} sudo systemctl reload ssh\`.`,
    })),
    ...probe.sshdMatches.map((place) => ({
      id: "sshd-match" as const,
      severity: "medium" as const,
      what: `A Match block of sshd's settings gives somebody other rules: ${place}.`,
      remedy: `\`${ssh} sudo sed -n 1,200p ${quote(place.split(":")[0] ?? "")}\` shows it: take it out, then \`${ssh} sudo systemctl reload ssh\`.`,
    })),
  ];
}

/** What sshd says of a keyword and should not, or does not say. */
function differing(said: readonly string[], wanted: readonly string[]): readonly string[] {
  const keywords = wanted.map(keyword);
  const wrong = said.filter((line) => keywords.includes(keyword(line)) && !wanted.includes(line));
  const absent = wanted.filter((line) => !said.some((other) => keyword(other) === keyword(line)));
  return [...wrong, ...absent.map((line) => `${keyword(line)} (not set)`)];
}

function keyword(line: string): string {
  return line.split(" ")[0] ?? line;
}

function meant(line: string, wanted: readonly string[]): string {
  return wanted.find((each) => keyword(each) === keyword(line)) ?? "";
}

function foreignKeys(
  { keys }: ServerProbe,
  user: string,
  { operatorKeys, stage }: AuditFacts,
  ssh: string,
): readonly ServerFinding[] {
  return keys.flatMap(({ file, line }): readonly ServerFinding[] => {
    const own = file === authorizedKeysPath(user);
    if (own && operatorKeys.includes(keyOf(line))) return [];
    const remedy = own
      ? `\`npx hive up --stack ${stage} --refresh\` writes the list again`
      : `\`${ssh} sudo rm ${quote(file)}\``;
    return [
      {
        id: "foreign-key",
        severity: "high",
        what: `${file} has a key of nobody in hive:operators: ${shortKey(line)}.`,
        remedy: `${remedy}. Who had the key was root: see "A key leaked" in docs/security.md.`,
      },
    ];
  });
}

/** Type and key of a line of authorized_keys, without options and comment. */
function keyOf(line: string): string {
  return /(?:^|\s)([a-z0-9@.-]+ AAAA[A-Za-z0-9+/=]+)/.exec(line)?.[1] ?? line;
}

/** The end of a key and its comment are enough to find it. */
function shortKey(line: string): string {
  return line.length <= 60 ? line : `${line.slice(0, 12)}…${line.slice(-44)}`;
}

/** Shells that let nobody in. */
const closedShells = /\/(nologin|false|sync)$/;

function users({ accounts }: ServerProbe, ssh: string): readonly ServerFinding[] {
  return accounts.flatMap(({ name, id, shell, password }): readonly ServerFinding[] => [
    ...(id === 0 && name !== "root"
      ? [
          {
            id: "account-root" as const,
            severity: "high" as const,
            what: `The user ${name} has the number 0, so it is root.`,
            remedy: `Take its lines out: \`${ssh} sudo vipw\`, \`${ssh} sudo vipw -s\`.`,
          },
        ]
      : []),
    ...(password === "none" || closedShells.test(shell)
      ? []
      : [
          {
            id: "password" as const,
            severity: password === "empty" ? ("high" as const) : ("medium" as const),
            what: `The user ${name} with the shell ${shell} has ${password === "empty" ? "an empty password" : "a password"}; users of a server log in by key alone.`,
            remedy: `\`${ssh} sudo usermod --password '*' ${quote(name)}\` takes the password away.`,
          },
        ]),
  ]);
}

function members({ groups }: ServerProbe, user: string, ssh: string): readonly ServerFinding[] {
  return groups
    .filter(({ member }) => member !== user && member !== "root")
    .map(({ group, member }) => ({
      id: "group-member",
      severity: "high",
      what: `The user ${member} is in the group ${group}, which can become root.`,
      remedy: `\`${ssh} sudo gpasswd --delete ${quote(member)} ${group}\` takes it out.`,
    }));
}

function sudoRules(
  { sudoRules: rules }: ServerProbe,
  user: string,
  ssh: string,
): readonly ServerFinding[] {
  return rules
    .filter(({ file, line }) => {
      const [who = ""] = line.trim().split(/\s+/);
      if (!/=.*(\bALL\b|NOPASSWD)/.test(line) || who === user || who === "root") return false;
      // Debian's own line; members of the group are looked at.
      return !(file === "/etc/sudoers" && who === "%sudo" && !line.includes("NOPASSWD"));
    })
    .map(({ file, line }) => ({
      id: "sudo-rule",
      severity: "high",
      what: `${file} lets others become root: \`${line.trim()}\`.`,
      remedy:
        file === "/etc/sudoers"
          ? `Take the line out: \`${ssh} sudo visudo\`.`
          : `\`${ssh} sudo rm ${quote(file)}\`, if nobody needs it.`,
    }));
}
