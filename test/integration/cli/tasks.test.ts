import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";

import { extract, pack } from "tar-stream";

import { copy } from "../../../cli/copy/copy";
import { readDirection } from "../../../cli/copy/copy-argument";
import type { LogRequest } from "../../../cli/logs/host-logs";
import { followLogs, showLogs } from "../../../cli/logs/show-logs";
import { execIn, type ExecRequest } from "../../../cli/tasks/exec";
import { inTask } from "../../../cli/tasks/in-task";
import type { TaskRequest } from "../../../cli/tasks/running-tasks";
import { shellCommand } from "../../../cli/tasks/shell-command";
import { plain } from "../../../cli/terminal";
import { sleep } from "../../../providers/transport/deadline";
import type { Lab } from "../lab";
import { createLabService, eventually, startSwarmLab, taskImage, tasksOf } from "../service-lab";

/** One Swarm serves all tests; the last ones kill a host. */
let lab: Lab;
let folder: string;

jest.setTimeout(180_000);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hive-cp-"));
  lab = await startSwarmLab({ servers: 3, prefix: "cli" });
  const applets = "/bin/busybox --install -s /bin; mkdir -p /tmp; touch /etc/passwd";
  const chatty = 'n=0; while :; do n=$((n+1)); echo "line $n of $(hostname)"; sleep 1; done';
  await startService({
    name: "web",
    script: `${applets}; echo begin; echo oops >&2; exec sleep 9999`,
  });
  await startService({
    name: "chatty",
    script: `${applets}; ${chatty}`,
    replicas: 2,
    logDriver: "journald",
  });
}, 600_000);

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await lab.destroy();
});

/** Options of a service. */
interface WantedService {
  readonly name: string;
  /** Text for `sh -c`. */
  readonly script: string;
  /** Default: a task on each host. */
  readonly replicas?: number;
  readonly logDriver?: string;
}

/** Creates a service and waits until its tasks run. */
async function startService({ name, script, replicas, logDriver }: WantedService): Promise<void> {
  await createLabService(lab, {
    Name: name,
    TaskTemplate: {
      ContainerSpec: { Image: taskImage, Command: ["sh", "-c", script], Env: ["GREETING=hello"] },
      ...(logDriver === undefined ? {} : { LogDriver: { Name: logDriver } }),
      RestartPolicy: { Condition: "any", Delay: 500_000_000 },
    },
    Mode: replicas === undefined ? { Global: {} } : { Replicated: { Replicas: replicas } },
  });
  await eventually(`${name} runs`, 60, async () => {
    const running = (await tasksOf(lab, name)).filter(({ Status }) => Status.State === "running");
    return running.length === (replicas ?? lab.hosts.length);
  });
}

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly notes: readonly string[];
}

/** Runs a command in a task as `hive exec` does. */
async function run(
  where: TaskRequest,
  command: readonly string[],
  input: string | Readable = "",
  more: Partial<ExecRequest> = {},
): Promise<Ran> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const texts = Promise.all([buffer(stdout), buffer(stderr)]);
  const notes: string[] = [];
  const stdin = typeof input === "string" ? Readable.from([Buffer.from(input)]) : input;
  const code = await inTask(
    lab.hosts,
    where,
    ({ container }) =>
      execIn(container, { command, tty: false, ...more }, { stdin, stdout, stderr }),
    (note) => notes.push(note),
  );
  stdout.end();
  stderr.end();
  const [out, err] = await texts;
  return { code, stdout: out.toString(), stderr: err.toString(), notes };
}

const sh = (script: string): string[] => ["sh", "-c", script];

describe("exec", () => {
  test("both outputs and the exit code come back, apart", async () => {
    const ran = await run({ service: "web" }, sh("echo out; echo err >&2; exit 7"));
    expect(ran).toMatchObject({ code: 7, stdout: "out\n", stderr: "err\n" });
  });

  test("standard input is passed on to its end, whatever bytes are in it, and closed then", async () => {
    const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 31) % 256));
    const { stdout, code } = await run(
      { service: "web" },
      sh("md5sum | cut -d' ' -f1; wc -c < /dev/null"),
      Readable.from([bytes.subarray(0, 1_000_000), bytes.subarray(1_000_000)]),
    );
    expect(stdout).toBe(`${createHash("md5").update(bytes).digest("hex")}\n0\n`);
    expect(code).toBe(0);
  });

  test("input that never ends does not hold up a command that has ended", async () => {
    const { stdout } = await run({ service: "web" }, ["echo", "done"], new PassThrough());
    expect(stdout).toBe("done\n");
  });

  test("much output comes whole", async () => {
    const { stdout } = await run({ service: "web" }, sh("seq 1 200000"));
    expect(stdout.split("\n")).toHaveLength(200_001);
    expect(stdout.endsWith("\n200000\n")).toBe(true);
  });

  test("the task is chosen by number or by host", async () => {
    const hostOf = async (where: TaskRequest): Promise<string> => {
      let host = "";
      await inTask(lab.hosts, where, ({ task }) => Promise.resolve((host = task.host)), jest.fn());
      return host;
    };
    for (const index of [0, 1, 2]) {
      expect(await hostOf({ service: "web", host: `cli${index}` })).toBe(lab.hosts[index]?.name);
      expect(await hostOf({ service: "web", replica: index + 1 })).toBe(lab.hosts[index]?.name);
    }
    await expect(hostOf({ service: "web", replica: 4 })).rejects.toThrow(
      /no running task number 4/,
    );
    await expect(hostOf({ service: "webb" })).rejects.toThrow(/Did you mean web\?/);
  });

  test("a command that is not there ends with the engine's code for that, and its words", async () => {
    const { code, stdout } = await run({ service: "web" }, ["nonsense"]);
    // 126 or 127, as the engine's release has it.
    expect([126, 127]).toContain(code);
    expect(stdout).toContain("nonsense");
  });

  test("user and folder are as asked for", async () => {
    const { stdout } = await run({ service: "web" }, sh("id -u; pwd"), "", {
      user: "65534",
      workdir: "/tmp",
    });
    expect(stdout).toBe("65534\n/tmp\n");
  });

  test("a shell reads commands from a pipe, and a terminal has the size of the user's", async () => {
    const { stdout } = await run({ service: "web" }, shellCommand, "echo $((6 * 7))\nexit 3\n");
    expect(stdout).toBe("42\n");
    const stdin = new PassThrough();
    const output = new PassThrough();
    const text = buffer(output);
    let resized = (): void => undefined;
    let size = { rows: 33, columns: 111 };
    const ended = inTask(
      lab.hosts,
      { service: "web" },
      ({ container }) =>
        execIn(
          container,
          { command: shellCommand, tty: true },
          {
            stdin,
            stdout: output,
            stderr: output,
            size: () => size,
            onResize: (changed) => {
              resized = changed;
              return () => undefined;
            },
          },
        ),
      jest.fn(),
    );
    await sleep(1000);
    stdin.write("stty size\n");
    await sleep(500);
    size = { rows: 44, columns: 122 };
    resized();
    await sleep(500);
    stdin.write("stty size\nexit 5\n");
    expect(await ended).toBe(5);
    output.end();
    const seen = (await text).toString();
    expect(seen).toContain("33 111");
    expect(seen).toContain("44 122");
  });
});

/** Copies as `hive cp` does. */
async function cp(
  source: string,
  destination: string,
  more: { stdin?: Readable; stdout?: PassThrough; followLink?: boolean; archive?: boolean } = {},
): Promise<unknown> {
  const direction = readDirection(source, destination);
  return await inTask(
    lab.hosts,
    { service: "web", host: "cli1" },
    ({ container }) =>
      copy(container, direction, {
        followLink: more.followLink ?? false,
        archive: more.archive ?? false,
        stdin: more.stdin ?? Readable.from([]),
        stdout: more.stdout ?? new PassThrough(),
        note: jest.fn(),
      }),
    jest.fn(),
  );
}

const onTask = async (script: string): Promise<string> =>
  (await run({ service: "web", host: "cli1" }, sh(script))).stdout.trim();

describe("cp", () => {
  test("a file there and back keeps content, mode and time, and belongs to root there", async () => {
    const file = join(folder, "one.txt");
    writeFileSync(file, "content\n");
    chmodSync(file, 0o640);
    utimesSync(file, 1_700_000_000, 1_700_000_000);
    expect(await cp(file, "web:/tmp/two.txt")).toEqual({ files: 1, bytes: 8 });
    expect(await onTask("stat -c '%a %u %g %Y' /tmp/two.txt; cat /tmp/two.txt")).toBe(
      "640 0 0 1700000000\ncontent",
    );
    await cp("web:/tmp/two.txt", folder);
    const back = join(folder, "two.txt");
    expect(readFileSync(back, "utf8")).toBe("content\n");
    expect(statSync(back).mode & 0o777).toBe(0o640);
    expect(statSync(back).mtimeMs).toBe(1_700_000_000_000);
  });

  test("a folder becomes a new folder, goes into one that exists, or gives its contents", async () => {
    const tree = join(folder, "tree");
    mkdirSync(join(tree, "deep", "er"), { recursive: true });
    writeFileSync(join(tree, "deep", "er", "file"), "x".repeat(100_000));
    writeFileSync(join(tree, "empty"), "");
    symlinkSync("deep/er", join(tree, "link"));
    chmodSync(join(tree, "deep"), 0o555);
    await cp(tree, "web:/tmp/new");
    expect(await onTask("cd /tmp/new; find . | sort; readlink link; stat -c %a deep")).toBe(
      [".", "./deep", "./deep/er", "./deep/er/file", "./empty", "./link", "deep/er", "555"].join(
        "\n",
      ),
    );
    await cp(tree, "web:/tmp/new");
    expect(await onTask("ls /tmp/new/tree")).toBe("deep\nempty\nlink");
    await onTask("mkdir -m 711 /tmp/contents");
    await cp(`${tree}/.`, "web:/tmp/contents");
    expect(await onTask("ls /tmp/contents; stat -c %a /tmp/contents")).toBe(
      "deep\nempty\nlink\n711",
    );

    const back = join(folder, "back");
    await cp("web:/tmp/new", back);
    expect(readFileSync(join(back, "deep", "er", "file"), "utf8")).toHaveLength(100_000);
    expect(readlinkSync(join(back, "link"))).toBe("deep/er");
    expect(statSync(join(back, "deep")).mode & 0o777).toBe(0o555);
    await cp("web:/tmp/new/.", back);
    expect(existsSync(join(back, "new"))).toBe(false);
    await cp("web:/tmp/new/deep", back + "/");
    await cp("web:/tmp/new", back);
    expect(existsSync(join(back, "new", "empty"))).toBe(true);
    chmodSync(join(tree, "deep"), 0o755);
  });

  test("what the rules of docker cp refuse is refused, and nothing is changed", async () => {
    writeFileSync(join(folder, "plain"), "x");
    const refusals: [string, string, RegExp][] = [
      [join(folder, "plain"), "web:/tmp/missing/", /does not exist/],
      [
        join(folder, "plain"),
        "web:/missing/deeper/file",
        /The folder \/missing\/deeper does not exist/,
      ],
      [folder, "web:/etc/passwd", /is a file/],
      [join(folder, "absent"), "web:/tmp", /does not exist here/],
      ["web:/absent", folder, /does not exist in the container/],
      ["web:/etc", join(folder, "plain"), /is a file/],
      ["-", "web:/absent", /is not a folder/],
    ];
    for (const [source, destination, why] of refusals) {
      await expect(cp(source, destination)).rejects.toThrow(why);
    }
  });

  test("links: copied as they are, or what they point to; a linked destination is followed", async () => {
    await onTask("cd /tmp; echo real > real; ln -s real soft; mkdir -p place; ln -s place alias");
    await cp("web:/tmp/soft", join(folder, "soft"));
    expect(lstatSync(join(folder, "soft")).isSymbolicLink()).toBe(true);
    await cp("web:/tmp/soft", join(folder, "followed"), { followLink: true });
    expect(readFileSync(join(folder, "followed"), "utf8")).toBe("real\n");
    writeFileSync(join(folder, "target"), "target");
    symlinkSync("target", join(folder, "pointer"));
    await cp(join(folder, "pointer"), "web:/tmp/alias/");
    await cp(join(folder, "pointer"), "web:/tmp/alias/whole", { followLink: true });
    expect(await onTask("readlink /tmp/place/pointer; cat /tmp/place/whole")).toBe(
      "target\ntarget",
    );
  });

  test("owners are kept with --archive, in both directions", async () => {
    await onTask("cd /tmp; echo x > owned; chown 1234:4321 owned");
    await cp("web:/tmp/owned", join(folder, "owned"), { archive: true });
    expect(statSync(join(folder, "owned"))).toMatchObject({ uid: 1234, gid: 4321 });
    await cp(join(folder, "owned"), "web:/tmp/again", { archive: true });
    expect(await onTask("stat -c '%u %g' /tmp/again")).toBe("1234 4321");
  });

  test("tar streams in and out", async () => {
    const tar = pack();
    tar.entry({ name: "streamed/file", mode: 0o600, uid: 7, gid: 8 }, "streamed");
    tar.finalize();
    await cp("-", "web:/tmp", { stdin: tar as unknown as Readable });
    expect(await onTask("cat /tmp/streamed/file; stat -c ' %u %g' /tmp/streamed/file")).toBe(
      "streamed 7 8",
    );
    const stdout = new PassThrough();
    const names: string[] = [];
    const reader = extract();
    stdout.pipe(reader);
    const reading = (async () => {
      for await (const entry of reader) {
        names.push(entry.header.name);
        entry.resume();
      }
    })();
    await cp("web:/tmp/streamed", "-", { stdout });
    stdout.end();
    await reading;
    expect(names).toEqual(["streamed/", "streamed/file"]);
  });
});

/** What `hive logs` shows. */
interface Shown {
  readonly out: string[];
  readonly err: string[];
}

/** `hive logs`. */
async function logs(request: Partial<LogRequest> & { service: string }): Promise<Shown> {
  const { whole, output, ...shown } = logRequest(request);
  await showLogs(lab.hosts, whole, output);
  return shown;
}

/** `hive logs --follow` until the signal; what it shows grows meanwhile. */
function follow(
  request: Partial<LogRequest> & { service: string },
  signal: AbortSignal,
): Shown & { readonly done: Promise<void> } {
  const { whole, output, ...shown } = logRequest(request);
  return { ...shown, done: followLogs(lab.hosts, whole, output, signal) };
}

function logRequest(request: Partial<LogRequest> & { service: string }) {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = {
    paint: plain,
    print: (line: string) => void out.push(line),
    printError: (line: string) => void err.push(line),
  };
  return {
    whole: { tail: "all" as const, since: 0, wanted: () => true, ...request },
    output: { terminal, timestamps: true },
    out,
    err,
  };
}

describe("logs", () => {
  test("of all tasks, wherever they run, each line with task and host, errors on the other stream", async () => {
    const { out, err } = await logs({ service: "web" });
    expect(out.map((line) => line.replace(/\| \S+/, "|")).sort()).toEqual([
      "web cli0 | begin",
      "web cli1 | begin",
      "web cli2 | begin",
    ]);
    expect(err.filter((line) => line.endsWith("oops"))).toHaveLength(3);
  });

  test("in the order of time, at most so many of each task, from journald too", async () => {
    const { out } = await logs({ service: "chatty", tail: 3 });
    expect(out).toHaveLength(6);
    const times = out.map((line) => /\| (\S+) line/.exec(line)?.[1] ?? "");
    expect(times).toEqual([...times].sort());
    expect(new Set(out.map((line) => line.split(" ")[0]))).toEqual(
      new Set(["chatty.1", "chatty.2"]),
    );
  });

  test("only what is newer than a time", async () => {
    const since = Date.now() / 1000 - 3;
    const { out } = await logs({ service: "chatty", since });
    expect(out.length).toBeGreaterThanOrEqual(2);
    expect(out.length).toBeLessThanOrEqual(8);
  });

  test("followed, also into a task that takes the place of one that was killed", async () => {
    const enough = new AbortController();
    const { out, done } = follow({ service: "chatty", tail: 1 }, enough.signal);
    await sleep(3000);
    await killTask("chatty");
    // Counts up, begins anew in the new task, and goes on there.
    const numbers = (): number[] =>
      out
        .filter((line) => /chatty\.1 /.test(line))
        .map((line) => Number(/line (\d+) of/.exec(line)?.[1]));
    const inNewTask = (): number[] => numbers().slice(numbers().indexOf(1));
    await eventually("the new task's first lines", 60, () =>
      Promise.resolve(numbers().includes(1) && inNewTask().length >= 5),
    );
    enough.abort();
    await done;
    expect(inNewTask()).toEqual(inNewTask().map((_, index) => index + 1));
    // No line twice.
    expect(new Set(out).size).toBe(out.length);
    const { out: ended } = await logs({ service: "chatty", tail: 1 });
    expect(ended.some((line) => /^chatty\.1 cli\d \([a-z0-9]{5}\) +\|/.test(line))).toBe(true);
  });
});

/** Kills the container of a service's first task, as a crash would. */
async function killTask(service: string): Promise<void> {
  await inTask(
    lab.hosts,
    { service, replica: 1 },
    ({ container }) => container.kill() as Promise<void>,
    jest.fn(),
  ).catch(() => undefined);
}

describe("with a host that was killed", () => {
  test("a followed service goes on, the loss is told, and what comes back is picked up", async () => {
    const end = new AbortController();
    const longest = AbortSignal.any([end.signal, AbortSignal.timeout(170_000)]);
    const { out, err, done } = follow({ service: "web" }, longest);
    const lines = (): number => out.filter((line) => /^web cli0.*begin$/.test(line)).length;
    await eventually("the task on the host is followed", 20, () => Promise.resolve(lines() > 0));
    await lab.kill(0);
    await eventually("the loss is told", 60, () =>
      Promise.resolve(err.some((line) => /cli0.*(lost|answer)/.test(line))),
    );
    await lab.start(0);
    // The task that is started anew on the host says its first line again.
    await eventually("what came back is picked up", 120, () => Promise.resolve(lines() > 1));
    expect(err).toContainEqual("cli0 answers again.");
    end.abort();
    await done;
  });

  test("exec takes another task at once, and says so; logs are not held up", async () => {
    await lab.kill(0);
    const begin = Date.now();
    const ran = await run({ service: "web" }, ["echo", "alive"]);
    expect(ran).toMatchObject({ code: 0, stdout: "alive\n" });
    expect(Date.now() - begin).toBeLessThan(40_000);
    const logBegin = Date.now();
    const { out, err } = await logs({ service: "web" });
    expect(Date.now() - logBegin).toBeLessThan(8000);
    expect(out.some((line) => line.startsWith("web cli1"))).toBe(true);
    expect(err.some((line) => /The logs of cli0 are missing/.test(line))).toBe(true);
    await expect(run({ service: "web", host: "cli0" }, ["true"])).rejects.toThrow(
      /cli0|No task of web runs on/,
    );
  });
});
