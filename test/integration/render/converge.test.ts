import { type ConvergeStep, renderConverge } from "../../../render/converge";
import { renderSecretInput } from "../../../render/converge-input";
import { Lab, type Server } from "./server";

jest.setTimeout(60_000);

let lab: Lab;
let server: Server;

beforeAll(async () => {
  lab = await Lab.open();
  server = await lab.server("converge.hive.example", `${lab.prefix}.10`);
  await server.booted();
}, 360_000);
afterAll(() => lab.close());

/** A step that counts its reloads in a file. */
const counted: ConvergeStep = {
  title: "counted",
  files: [
    { path: "/etc/counted/a.conf", mode: "0644", content: "one\n" },
    { path: "/etc/counted/b.conf", mode: "0640", owner: "root:adm", content: "it's $two `three`" },
  ],
  reactions: [{ name: "count", on: ["/etc/counted/a.conf"], run: ["echo reload >> /run/reloads"] }],
};

const reloads = async (): Promise<number> =>
  (await server.sh("cat /run/reloads 2> /dev/null || true")).stdout.split("\n").length - 1;

describe("files", () => {
  test("are written with content, mode and owner, and the reaction runs once", async () => {
    expect(await server.ssh(renderConverge(counted))).toEqual({
      status: 0,
      stderr: "",
      stdout:
        "changed /etc/counted/a.conf\nchanged /etc/counted/b.conf\nchanged count\ncounted: changed\n",
    });
    const shown = await server.sh("stat -c '%a %U:%G' /etc/counted/*; cat /etc/counted/b.conf");
    expect(shown.stdout).toBe("644 root:root\n640 root:adm\nit's $two `three`");
    expect(await reloads()).toBe(1);
  });

  test("are left alone by a second run, which says so", async () => {
    const before = await server.sh("stat -c '%i %Y' /etc/counted/*");
    expect(await server.ssh(renderConverge(counted))).toEqual({
      status: 0,
      stderr: "",
      stdout: "unchanged /etc/counted/a.conf\nunchanged /etc/counted/b.conf\ncounted: unchanged\n",
    });
    expect(await server.sh("stat -c '%i %Y' /etc/counted/*")).toEqual(before);
    expect(await reloads()).toBe(1);
  });

  test.each([
    ["another content", "echo tampered > /etc/counted/a.conf", 2],
    ["another mode", "chmod 0666 /etc/counted/a.conf", 3],
    ["another owner", "chown hive /etc/counted/a.conf", 4],
    ["a link in its place", "mv /etc/counted/a.conf /tmp/a && ln -s /tmp/a /etc/counted/a.conf", 5],
    ["nothing at all", "rm /etc/counted/a.conf", 6],
  ])("that were tampered with (%s) are mended, and the reaction runs", async (_, tamper, count) => {
    await server.sh(tamper);
    const { stdout } = await server.ssh(renderConverge(counted));
    expect(stdout).toBe(
      "changed /etc/counted/a.conf\nunchanged /etc/counted/b.conf\nchanged count\ncounted: changed\n",
    );
    const shown = await server.sh(
      "stat -c '%a %U:%G %F' /etc/counted/a.conf; cat /etc/counted/a.conf",
    );
    expect(shown.stdout).toBe("644 root:root regular file\none\n");
    expect(await reloads()).toBe(count);
  });

  test("that are a mount of their own are written in place", async () => {
    const step = (content: string): ConvergeStep => ({
      title: "mounted",
      files: [{ path: "/etc/hostname", mode: "0644", content, inPlace: true }],
    });
    const inode = await server.sh("stat -c %i /etc/hostname");
    expect((await server.ssh(renderConverge(step("other\n")))).stdout).toContain(
      "mounted: changed",
    );
    expect((await server.sh("cat /etc/hostname")).stdout).toBe("other\n");
    expect(await server.sh("stat -c %i /etc/hostname")).toEqual(inode);
    await server.ssh(renderConverge(step(`${server.name}\n`)));
  });
});

describe("a run that is cut off between writing and reloading", () => {
  const step: ConvergeStep = {
    title: "cut-off",
    files: [{ path: "/etc/cut-off.conf", mode: "0644", content: "new\n" }],
    reactions: [
      {
        name: "reload",
        on: "any",
        run: ["test -e /run/go-on || sleep 300", "echo reload >> /run/reloads"],
      },
    ],
  };

  test("is made good by the next one, exactly once", async () => {
    await server.sh("rm -f /run/reloads /run/go-on");
    const first = server.ssh(renderConverge(step));
    await server.until("pgrep -x sleep && grep new /etc/cut-off.conf", 60);
    await server.sh("pkill -9 -f 'hive[:] cut-off'; pkill -x sleep; touch /run/go-on");
    expect((await first).status).not.toBe(0);
    expect(await reloads()).toBe(0);

    expect((await server.ssh(renderConverge(step))).stdout).toBe(
      "unchanged /etc/cut-off.conf\nchanged reload\ncut-off: changed\n",
    );
    expect((await server.ssh(renderConverge(step))).stdout).toBe(
      "unchanged /etc/cut-off.conf\ncut-off: unchanged\n",
    );
    expect(await reloads()).toBe(1);
  });

  test("also when the reload failed", async () => {
    const failing: ConvergeStep = {
      title: "failing",
      files: [{ path: "/etc/failing.conf", mode: "0644", content: "new\n" }],
      reactions: [
        {
          name: "reload",
          on: "any",
          run: ["echo the reason; test -e /run/mended", "echo reload >> /run/reloads"],
        },
      ],
    };
    await server.sh("rm -f /run/reloads");
    const { status, stdout, stderr } = await server.ssh(renderConverge(failing));
    expect({ status, stdout }).toEqual({ status: 1, stdout: "changed /etc/failing.conf\n" });
    expect(stderr).toBe(
      "the reason\nhive: failing on converge.hive.example: failed with status 1: echo the reason; test -e /run/mended\n",
    );
    await server.sh("touch /run/mended");
    expect((await server.ssh(renderConverge(failing))).status).toBe(0);
    expect(await reloads()).toBe(1);
  });
});

describe("packages", () => {
  const step: ConvergeStep = {
    title: "packaged",
    packages: [
      { name: "curl" },
      { name: "docker-ce", unlessCommand: "dockerd" },
      { name: "planted-package" },
    ],
    reactions: [{ name: "greet", on: "any", run: ["touch /run/greeted"] }],
  };
  const calls = "/run/apt-calls";

  test("that are missing are installed, and only those", async () => {
    // In front of the real one, and as good as it but for the network.
    await server.sh(
      `printf '#!/bin/sh\\necho "$@" >> ${calls}\\n' > /usr/sbin/apt-get; chmod 0755 /usr/sbin/apt-get`,
    );
    const { stdout } = await server.ssh(renderConverge(step));
    expect(stdout).toBe("changed packages planted-package\nchanged greet\npackaged: changed\n");
    expect((await server.sh(`cat ${calls}`)).stdout.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/ update$/),
      expect.stringMatching(/ install --yes --no-install-recommends planted-package$/),
    ]);
  });

  test("that cannot be installed are named, with what the package manager said", async () => {
    await server.sh(
      "printf '#!/bin/sh\\necho E: no such thing >&2; exit 100\\n' > /usr/sbin/apt-get",
    );
    const { status, stderr } = await server.ssh(renderConverge(step));
    expect(status).toBe(1);
    expect(stderr).toContain(
      "E: no such thing\nhive: packaged on converge.hive.example: failed with status 100",
    );
    await server.sh("rm /usr/sbin/apt-get");
  });
});

describe("deadlines", () => {
  test("a reaction that hangs is ended and named", async () => {
    const step: ConvergeStep = {
      title: "hanging",
      files: [{ path: "/etc/hanging.conf", mode: "0644", content: "new\n" }],
      reactions: [{ name: "hang", on: "any", run: ["sleep 300"], timeoutSeconds: 1 }],
    };
    expect((await server.ssh(renderConverge(step))).stderr).toBe(
      "hive: hanging on converge.hive.example: timed out after 1 s: sleep 300\n",
    );
  });

  test("a check waits until it is true", async () => {
    const step: ConvergeStep = {
      title: "waiting",
      checks: [{ what: "it has begun", run: "test -e /run/begun", withinSeconds: 20 }],
    };
    const ending = server.ssh(renderConverge(step));
    setTimeout(() => void server.sh("touch /run/begun"), 1000);
    expect(await ending).toEqual({ status: 0, stdout: "waiting: unchanged\n", stderr: "" });
  });

  test("a check that never becomes true says what, what it saw, and what to do", async () => {
    const step: ConvergeStep = {
      title: "never",
      checks: [
        {
          what: "pigs fly",
          run: "echo 'no wings'; false",
          withinSeconds: 1,
          remedy: "look for another animal",
        },
      ],
    };
    expect((await server.ssh(renderConverge(step))).stderr).toBe(
      "no wings\nhive: never on converge.hive.example: still not true after 1 s: pigs fly; look for another animal\n",
    );
  });

  test("a look changes nothing and says all that is not as it should be", async () => {
    const step: ConvergeStep = {
      title: "looked-at",
      files: [
        { path: "/etc/looked/a.conf", mode: "0644", content: "one\n" },
        { path: "/etc/looked/b.conf", mode: "0644", content: "two\n" },
      ],
      packages: [{ name: "no-such-package" }, { name: "coreutils" }],
      reactions: [{ name: "react", on: ["/etc/looked/a.conf"], run: ["false"] }],
      keeps: [{ what: "a mark", holds: "test -e /run/mark", make: "touch /run/mark" }],
      checks: [{ what: "pigs fly", run: "false", withinSeconds: 1 }],
    };
    const look = `HIVE_MODE=check; ${renderConverge(step)}`;
    const before = [
      "differs /etc/looked/a.conf",
      "differs /etc/looked/b.conf",
      "differs packages no-such-package",
      "differs a mark",
      "differs not true: pigs fly",
      "looked-at: looked\n",
    ].join("\n");
    expect(await server.ssh(look)).toEqual({ status: 0, stderr: "", stdout: before });
    expect((await server.sh("ls -d /etc/looked /run/mark 2> /dev/null || true")).stdout).toBe("");
    const possible = { ...step, packages: [], checks: [] };
    expect((await server.ssh(renderConverge(possible))).stderr).toContain("failed with status 1");
    const after = await server.ssh(`HIVE_MODE=check; ${renderConverge(possible)}`);
    expect(after.stdout).toBe(
      "differs react, which is still to be done\ndiffers a mark\nlooked-at: looked\n",
    );
    const done = { ...possible, reactions: [{ ...step.reactions![0]!, run: ["true"] }] };
    expect((await server.ssh(renderConverge(done))).stdout).toContain("changed a mark");
    const last = await server.ssh(`HIVE_MODE=check; ${renderConverge(done)}`);
    expect(last.stdout).toBe("looked-at: looked\n");
  });

  test("two runs at the same time wait for each other", async () => {
    const step = (title: string): ConvergeStep => ({
      title,
      keeps: [
        {
          what: "order",
          holds: "false",
          make: "echo in >> /run/order; sleep 1; echo out >> /run/order",
        },
      ],
    });
    await Promise.all([
      server.ssh(renderConverge(step("left"))),
      server.ssh(renderConverge(step("right"))),
    ]);
    expect((await server.sh("cat /run/order")).stdout).toBe("in\nout\nin\nout\n");
  });
});

describe("secrets", () => {
  const secret = "planted-3f9c1e7a-secret";
  const path = "/etc/planted/secret";
  const step: ConvergeStep = {
    title: "planted",
    secretFiles: [{ path, mode: "0600" }],
    reactions: [
      {
        name: "linger",
        on: "any",
        run: ["test -e /run/lingered || { touch /run/lingered; sleep 3; }"],
      },
    ],
  };

  test("reach their file, and are seen nowhere else while and after the step runs", async () => {
    const command = renderConverge(step);
    const input = renderSecretInput([{ path, content: `${secret}\n` }]);
    const encoded = Buffer.from(`${secret}\n`).toString("base64");
    expect(command).not.toContain(secret);
    expect(command).not.toContain(encoded);

    const ending = server.ssh(command, { input });
    await server.until("test -e /run/lingered", 60);
    // The pattern is put together on the server and never an argument, so that the search does not
    // find itself.
    const search = (pattern: string): string =>
      `{ cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ; journalctl --no-pager; } 2> /dev/null | tr '\\0' ' ' | grep -c -f <(printf '%s%s' '${pattern.slice(0, 8)}' '${pattern.slice(8)}') || true`;
    for (const pattern of [secret, encoded])
      expect((await server.sh(search(pattern))).stdout).toBe("0\n");
    expect((await server.sh(search("hive-converge"))).stdout).not.toBe("0\n");

    expect(await ending).toEqual({
      status: 0,
      stderr: "",
      stdout: `changed ${path}\nchanged linger\nplanted: changed\n`,
    });
    expect((await server.sh(`stat -c '%a %U' ${path} /etc/planted; cat ${path}`)).stdout).toBe(
      `600 root\n700 root\n${secret}\n`,
    );
    const left = await server.sh(
      `grep -rl ${secret} /run /tmp /var/log /var/lib/hive /etc 2> /dev/null`,
    );
    expect(left.stdout).toBe(`${path}\n`);
  });

  test("that did not change change nothing", async () => {
    const input = renderSecretInput([{ path, content: `${secret}\n` }]);
    expect((await server.ssh(renderConverge(step), { input })).stdout).toBe(
      `unchanged ${path}\nplanted: unchanged\n`,
    );
  });

  test.each([
    ["no input", "", "the secrets did not arrive on standard input"],
    [
      "half of the input",
      renderSecretInput([{ path, content: "x" }]).replace("end\n", ""),
      "were cut off",
    ],
    ["none for the file", renderSecretInput([]), `no secret arrived for ${path}`],
    [
      "one for another file",
      renderSecretInput([{ path: "/etc/shadow", content: "x" }]),
      "a secret arrived for /etc/shadow, a file that this step does not have",
    ],
  ])("with %s: nothing is written", async (_, input, message) => {
    const { status, stderr } = await server.ssh(renderConverge(step), { input });
    expect(status).toBe(1);
    expect(stderr).toContain(message);
    expect((await server.sh(`cat ${path}`)).stdout).toBe(`${secret}\n`);
  });

  test("for htpasswd become a bcrypt hash that stays while the password stays", async () => {
    const file = "/etc/planted/htpasswd";
    const accounts: ConvergeStep = {
      title: "accounts",
      secretFiles: [{ path: file, mode: "0600", format: "htpasswd" }],
    };
    const apply = (password: string) =>
      server.ssh(renderConverge(accounts), {
        input: renderSecretInput([{ path: file, content: `push:${password}` }]),
      });
    const verify = async (password: string): Promise<string> =>
      (
        await server.sh(
          `perl -e '($u, $h) = split /[:\\n]/, <STDIN>; print "$u ", crypt("${password}", $h) eq $h ? "fits" : "differs"' < ${file}`,
        )
      ).stdout;

    expect((await apply("first")).stdout).toBe(`changed ${file}\naccounts: changed\n`);
    const { stdout: line } = await server.sh(`cat ${file}`);
    expect(line).toMatch(/^push:\$2y\$06\$.{53}\n$/);
    expect([await verify("first"), await verify("other")]).toEqual(["push fits", "push differs"]);

    expect((await apply("first")).stdout).toBe(`unchanged ${file}\naccounts: unchanged\n`);
    expect((await apply("second")).stdout).toBe(`changed ${file}\naccounts: changed\n`);
    expect(await verify("second")).toBe("push fits");
  });

  test("for htpasswd that cannot be one leave the file as it is", async () => {
    const file = "/etc/planted/htpasswd";
    const before = await server.sh(`cat ${file}`);
    const accounts: ConvergeStep = {
      title: "accounts",
      secretFiles: [{ path: file, mode: "0600", format: "htpasswd" }],
    };
    const input = renderSecretInput([{ path: file, content: "no colon" }]);
    const { status, stderr } = await server.ssh(renderConverge(accounts), { input });
    expect(status).not.toBe(0);
    expect(stderr).toContain("not <user>:<password>");
    expect(await server.sh(`cat ${file}`)).toEqual(before);
  });
});
