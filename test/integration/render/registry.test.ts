import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Plan } from "../../../model/plan";
import {
  createAuthority,
  signCertificate,
  type SignedCertificate,
} from "../../../providers/certificate/client";
import { engineStep } from "../../../render/engine";
import { baseStep } from "../../../render/host-base";
import { type RegistrySecrets, registrySecretInput, registryStep } from "../../../render/registry";
import { hostOf, samplePlan } from "../../unit/render/sample-plan";
import { Lab, type Server } from "./server";

const run = promisify(execFile);
jest.setTimeout(120_000);

let lab: Lab;
let plan: Plan;
let server: Server;
let authority: SignedCertificate;
let secrets: RegistrySecrets;
let command: string;
const image = "hive-render-test/registry";

/** A version of the site's authority. */
const makeAuthority = (): Promise<SignedCertificate> =>
  createAuthority("test authority", 5, {
    permittedDomains: [plan.siteName],
    permittedNetworks: [plan.network.cidr],
  });

/** The registry's secrets with a certificate for this name by this authority. */
async function signedBy(
  authority: SignedCertificate,
  name = plan.registry.name,
): Promise<RegistrySecrets> {
  const names = { commonName: "registry", dnsNames: [name], ipAddresses: [] };
  const { certificatePem, privateKeyPem } = await signCertificate(authority, names, 2);
  return {
    certificatePem,
    privateKeyPem,
    push: "planted-push-password",
    pull: "planted-pull-password",
  };
}

/** What the registry answers to an account; the password goes through standard input. */
async function answer(
  user: string,
  password: string,
  path: string,
  method = "GET",
): Promise<string> {
  const { stdout } = await server.sh(
    `curl --silent --config - --cacert /etc/docker/certs.d/${plan.registry.address}/ca.crt --request ${method} --output /dev/null --write-out '%{http_code}' https://${plan.registry.address}${path}`,
    { input: `user = "${user}:${password}"\n` },
  );
  return stdout;
}

const makeSample =
  "tar --create /etc/hostname | docker import - registry.hive.example:5000/sample:1";

beforeAll(async () => {
  lab = await Lab.open();
  plan = samplePlan(lab.prefix);
  const host = hostOf(plan, 3);
  const context = join(__dirname, "../../../platform/images/registry");
  await run("docker", ["build", "--quiet", "--tag", image, context], { timeout: 300_000 });
  server = await lab.server(host.name, host.privateAddress, {
    [plan.registry.name]: host.privateAddress,
  });
  authority = await makeAuthority();
  secrets = await signedBy(authority);
  await server.booted();
  await server.load(image);
  for (const step of [
    baseStep(plan, host, lab.operators),
    engineStep(plan, host, authority.certificatePem),
  ]) {
    expect(await server.ssh(step)).toMatchObject({ status: 0 });
  }
  const { stdout } = await server.sh(`docker inspect --format '{{.Id}}' ${image}`);
  command = registryStep(plan, stdout.trim());
}, 600_000);
afterAll(() => lab.close());

describe("the registry of the repository server", () => {
  test("is installed and answers with the certificate that the host trusts", async () => {
    const { status, stdout, stderr } = await server.ssh(command, {
      input: registrySecretInput(secrets),
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain(
      "changed start-registry\nchanged start-collection\nregistry: changed\n",
    );
  });

  test("runs with the rights that it needs and no others", async () => {
    const format =
      "{{json .HostConfig.ReadonlyRootfs}} {{json .HostConfig.CapDrop}} {{json .HostConfig.CapAdd}} {{json .HostConfig.SecurityOpt}} {{.HostConfig.Memory}} {{.HostConfig.PidsLimit}}";
    const { stdout } = await server.sh(`docker inspect --format '${format}' hive-registry`);
    expect(stdout.trim().replaceAll("CAP_", "")).toBe(
      'true ["ALL"] ["CHOWN","DAC_OVERRIDE","KILL","SETGID","SETUID"] ["no-new-privileges"] 536870912 512',
    );
    const seen = await server.sh("docker exec hive-registry grep NoNewPrivs /proc/1/status");
    expect(seen.stdout).toBe("NoNewPrivs:\t1\n");
  });

  test("is left alone by a second run: the same container goes on", async () => {
    const before = await server.sh("docker inspect --format '{{.Id}}' hive-registry");
    const { stdout } = await server.ssh(command, { input: registrySecretInput(secrets) });
    expect(stdout.split("\n").filter((line) => !line.startsWith("unchanged "))).toEqual([
      "registry: unchanged",
      "",
    ]);
    expect(await server.sh("docker inspect --format '{{.Id}}' hive-registry")).toEqual(before);
  });

  test("lets the push account write, the pull account read, and nobody else do anything", async () => {
    expect(await answer("push", secrets.push, "/v2/")).toBe("200");
    expect(await answer("push", secrets.push, "/v2/sample/blobs/uploads/", "POST")).toBe("202");
    expect(await answer("pull", secrets.pull, "/v2/")).toBe("200");
    expect(["401", "403"]).toContain(
      await answer("pull", secrets.pull, "/v2/sample/blobs/uploads/", "POST"),
    );
    expect(await answer("pull", secrets.push, "/v2/")).toBe("401");
    expect(await answer("nobody", "nothing", "/v2/")).toBe("401");
  });

  test("keeps what was pushed when its container is replaced", async () => {
    await server.sh(`docker login --username push --password-stdin ${plan.registry.address}`, {
      input: secrets.push,
    });
    expect(
      await server.sh(`${makeSample} && docker push --quiet ${plan.registry.address}/sample:1`),
    ).toMatchObject({ status: 0 });
    await server.sh("docker rm --force hive-registry");
    await server.sh(`docker rmi ${plan.registry.address}/sample:1`);
    await server.until(`docker pull --quiet ${plan.registry.address}/sample:1`, 60);
    await server.sh(`docker logout ${plan.registry.address}`);
  });

  describe("frees its disk", () => {
    const stored = async (): Promise<number> =>
      Number(
        (await server.sh("du -s -B 1 /var/lib/docker/volumes/hive-registry")).stdout.split("\t")[0],
      );
    const collect = (): Promise<unknown> =>
      server.sh("systemctl start hive-registry-collect.service");
    const answers = (path: string): Promise<string> => answer("pull", secrets.pull, path);
    const big = 20_000_000;

    test("every week, by a timer that survives a reboot", async () => {
      const { stdout } = await server.sh(
        "systemctl is-enabled hive-registry-collect.timer; systemctl show --property NextElapseUSecRealtime --value hive-registry-collect.timer",
      );
      expect(stdout).toMatch(/^enabled\nSun /);
    });

    test("from layers whose image was removed; others stay and can be pulled, and the registry runs on", async () => {
      const { address } = plan.registry;
      await server.sh(`docker login --username push --password-stdin ${address}`, {
        input: secrets.push,
      });
      await server.sh(
        [
          `head --bytes ${big} /dev/urandom > /tmp/noise`,
          `tar --create /tmp/noise | docker import - ${address}/big:1`,
          `docker push --quiet ${address}/big:1`,
        ].join(" && "),
      );
      const full = await stored();
      const { stdout } = await server.sh(
        `docker inspect --format '{{index .RepoDigests 0}}' ${address}/big:1; docker rmi ${address}/big:1 > /dev/null`,
      );
      const digest = stdout.trim().split("@")[1];
      // An upload that was never finished, in a repository without any image.
      expect(await answer("push", secrets.push, "/v2/begun/blobs/uploads/", "POST")).toBe("202");
      await collect();
      await server.until(`docker exec hive-registry hive-registry-health`, 60);
      expect(await stored()).toBeGreaterThan(full - big / 2);

      expect(await answer("push", secrets.push, `/v2/big/manifests/${digest}`, "DELETE")).toBe(
        "202",
      );
      await collect();
      await server.until(`docker exec hive-registry hive-registry-health`, 60);
      expect(full - (await stored())).toBeGreaterThan(big * 0.99);
      expect(await answers("/v2/big/manifests/1")).toBe("404");
      expect(await answers("/v2/sample/manifests/1")).toBe("200");
      expect(await server.sh(`docker pull --quiet ${address}/sample:1`)).toMatchObject({
        status: 0,
      });
      const { stdout: journal } = await server.sh(
        "journalctl --no-pager --unit hive-registry-collect.service",
      );
      expect(journal).toMatch(/hive-registry-collect: 20\d{6} bytes freed/);
    });

    test("an image that was removed can be pushed again", async () => {
      const { address } = plan.registry;
      await server.sh(
        `tar --create /tmp/noise | docker import - ${address}/big:1 && docker push --quiet ${address}/big:1`,
      );
      expect(await answers("/v2/big/manifests/1")).toBe("200");
      await server.sh(`docker logout ${address}`);
    });

    test("and a run in the middle of it gets its registry back", async () => {
      await server.sh("systemctl start --no-block hive-registry-collect.service");
      const { status } = await server.ssh(command, { input: registrySecretInput(secrets) });
      expect(status).toBe(0);
      await server.until("systemctl is-active hive-registry.service", 60);
      expect(await answers("/v2/")).toBe("200");
    });
  });

  test("comes back after the engine was restarted, and after the server was killed", async () => {
    await server.sh("systemctl restart docker.service");
    await server.until("docker exec hive-registry true", 60);
    await run("docker", ["kill", server.containerName]);
    await run("docker", ["start", server.containerName]);
    await server.booted();
    await server.until("docker exec hive-registry true", 60);
    expect((await server.ssh(command, { input: registrySecretInput(secrets) })).stdout).toContain(
      "registry: unchanged",
    );
  });

  test("takes a new password, and the old one ends", async () => {
    const changed = { ...secrets, pull: "planted-other-password" };
    const { stdout } = await server.ssh(command, { input: registrySecretInput(changed) });
    expect(stdout).toContain("changed /etc/hive/registry/pull.htpasswd\n");
    expect(stdout).toContain("unchanged /etc/hive/registry/push.htpasswd\n");
    expect(await answer("pull", secrets.pull, "/v2/")).toBe("401");
    expect(await answer("pull", changed.pull, "/v2/")).toBe("200");
  });

  describe("by another authority", () => {
    const sample = (): string => `${plan.registry.address}/sample:1`;
    const trust = async (...authorities: SignedCertificate[]): Promise<void> => {
      const certificates = authorities.map(({ certificatePem }) => certificatePem).join("");
      const step = engineStep(plan, hostOf(plan, 3), certificates);
      expect(await server.ssh(step)).toMatchObject({ status: 0, stderr: "" });
    };
    const serve = async (given: RegistrySecrets): Promise<void> => {
      const { status, stderr } = await server.ssh(command, { input: registrySecretInput(given) });
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    };
    /** How the Docker Engine answers to a pull that has to ask the registry. */
    const pull = async (): Promise<string> => {
      const { status, stdout, stderr } = await server.sh(
        `docker rmi ${sample()} > /dev/null 2>&1; docker pull --quiet ${sample()}`,
      );
      return status === 0 ? stdout.trim() : stderr;
    };

    test("with another key: images can be pulled in between, then the old one counts no more", async () => {
      await server.sh(`docker login --username push --password-stdin ${plan.registry.address}`, {
        input: secrets.push,
      });
      await serve(secrets);
      const engine = await server.sh("systemctl show --value --property MainPID docker.service");
      const [second, third] = [await makeAuthority(), await makeAuthority()];
      await trust(second, authority);
      expect(await pull()).toBe(sample());
      expect(await answer("pull", secrets.pull, "/v2/")).toBe("200");
      await serve(await signedBy(second));
      expect(await pull()).toBe(sample());
      await trust(third, second);
      expect(await pull()).toBe(sample());
      await serve(await signedBy(third));
      expect(await pull()).toBe(sample());
      // Somebody has the first key and stands in for the registry.
      const impostor = command.replace("check 30", "check 3");
      await server.ssh(impostor, { input: registrySecretInput(secrets) });
      expect(await pull()).toMatch(/certificate signed by unknown authority/);
      expect(await server.sh("systemctl show --value --property MainPID docker.service")).toEqual(
        engine,
      );
      await trust(authority);
      await serve(secrets);
      expect(await pull()).toBe(sample());
    });

    test("for a foreign name too, it is refused by the Docker Engine", async () => {
      const names = { commonName: "registry", dnsNames: [plan.registry.name, "www.bank.example"] };
      const foreign = await signCertificate(authority, { ...names, ipAddresses: [] }, 2);
      await server.ssh(command.replace("check 30", "check 3"), {
        input: registrySecretInput({ ...secrets, ...foreign }),
      });
      expect(await pull()).toMatch(/not permitted by any constraint/);
      await serve(secrets);
      expect(await pull()).toBe(sample());
      await server.sh(`docker logout ${plan.registry.address}`);
    });
  });

  test("shows no password and no key in what others on the host can see", async () => {
    const seen = await server.sh(
      "docker inspect hive-registry; docker logs hive-registry 2>&1; journalctl --no-pager; systemctl cat hive-registry.service; cat /proc/[0-9]*/cmdline | tr '\\0' ' '",
    );
    expect(seen.stdout).toContain("hive-registry");
    for (const planted of ["planted-", secrets.privateKeyPem.split("\n")[1] ?? "?"]) {
      expect(seen.stdout).not.toContain(planted);
    }
    expect((await server.ssh("cat /etc/hive/registry/tls.key")).stderr).toContain(
      "Permission denied",
    );
  });

  test("says what to do when it does not answer", async () => {
    const wrong = await signedBy(authority, "another.hive.example");
    // The same command, but it gives up earlier.
    const { status, stderr } = await server.ssh(command.replace("check 30", "check 3"), {
      input: registrySecretInput(wrong),
    });
    expect(status).toBe(1);
    expect(stderr).toContain(
      "the registry answers at https://registry.hive.example:5000/v2/ and asks for a password",
    );
    expect(stderr).toContain("look with 'journalctl -u hive-registry.service'");
  });
});
