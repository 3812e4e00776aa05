import { quote } from "../../render/shell";
import type { AuditFacts, FileFacts } from "./facts";
import type { Finding } from "./finding";
import { ofServers, type ServerFinding } from "./of-servers";

/** Modes of files on the servers and in this clone. */
export function judgeFiles(facts: AuditFacts): readonly Finding[] {
  return [
    ...ofServers(facts, ({ files }, _server, ssh) => files.flatMap((file) => judgeFile(file, ssh))),
    ...facts.localFiles
      .filter(({ mode }) => (mode & 0o077) !== 0)
      .map(({ path, mode }): Finding => ({
        id: "local-files",
        severity: "high",
        where: "this computer",
        what: `${path} has the mode ${octal(mode)}: other users of this computer may use it, and keys and passphrases lie there.`,
        remedy: `\`chmod go= ${quote(path)}\`; if somebody else works on this computer, see "A key leaked" in docs/security.md.`,
      })),
  ];
}

/** Where keys and passwords lie; the certificate is not secret. */
const secretFolder = "/etc/hive/registry";
const notSecret = `${secretFolder}/tls.crt`;

/** Below it, owners are those of services. */
const ofServices = /^\/var\/lib\/hive-/;

const socketPath = "/run/docker.sock";

function judgeFile(file: FileFacts, ssh: string): readonly ServerFinding[] {
  const { path, mode, user, group, kind } = file;
  if (kind === "l") return [];
  if (path === socketPath) return judgeSocket(file, ssh);
  const seen = `${path} has the mode ${octal(mode)} and belongs to ${user}:${group}`;
  const isSecret =
    (path === secretFolder || path.startsWith(`${secretFolder}/`)) && path !== notSecret;
  if (isSecret && (mode & 0o077) !== 0) {
    return [
      {
        id: "file-mode",
        severity: "high",
        what: `${seen}: others than root may read it, and it holds keys and passwords of the registry.`,
        remedy: `\`${ssh} sudo chmod go= ${quote(path)}\`; then give new keys (hive:keyVersion, docs/security.md).`,
      },
    ];
  }
  const writable = (mode & 0o002) !== 0 && (mode & 0o1000) === 0;
  const groupWritable = (mode & 0o020) !== 0 && group !== "root";
  const foreign = user !== "root" && !ofServices.test(path);
  if (!writable && !foreign && !(groupWritable && !ofServices.test(path))) return [];
  return [
    {
      id: "file-mode",
      severity: "high",
      what: `${seen}: others than root may change it.`,
      remedy: `\`${ssh} sudo chmod go-w ${quote(path)}\` and \`${ssh} sudo chown root:root ${quote(path)}\`.`,
    },
  ];
}

function judgeSocket({ mode, user, group }: FileFacts, ssh: string): readonly ServerFinding[] {
  const right = (mode & 0o007) === 0 && user === "root" && ["root", "docker"].includes(group);
  if (right) return [];
  return [
    {
      id: "docker-socket",
      severity: "high",
      what: `The Docker Engine's socket has the mode ${octal(mode)} and belongs to ${user}:${group}: whoever may use it is root.`,
      remedy: `\`${ssh} 'sudo chown root:docker ${socketPath} && sudo chmod 0660 ${socketPath}'\`.`,
    },
  ];
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
