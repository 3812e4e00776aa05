import { fleetTraits } from "../../../fleet/traits";
import { renderConverge } from "../../../render/converge";
import { packageUpgrade } from "../../../render/package-upgrade";
import { samplePlan } from "../../unit/render/sample-plan";
import { type Ending, Lab, type Server } from "./server";

jest.setTimeout(180_000);

let lab: Lab;
let server: Server;

/** The upgrade of an update, as a step of its own. */
function upgrade(updated: string): Promise<Ending> {
  const parts = packageUpgrade({ ...samplePlan(), traits: fleetTraits.prepared, updated });
  if (parts === undefined) throw new Error("Machines have their packages upgraded.");
  return server.ssh(renderConverge({ title: "upgrade", ...parts }), { timeoutSeconds: 150 });
}

/**
 * Puts a package of this version into the archive of the server, which is a folder there and its
 * only one. The package has a configuration file, whose content is the version.
 */
async function publish(version: string): Promise<void> {
  const built = await server.sh(`set -e
rm -rf /srv/tree && mkdir -p /srv/tree/DEBIAN /srv/tree/etc /srv/archive && cd /srv
printf 'Package: hive-sample\\nVersion: ${version}\\nArchitecture: all\\nMaintainer: nobody <nobody@hive.example>\\nDescription: a sample\\n' > tree/DEBIAN/control
echo /etc/hive-sample.conf > tree/DEBIAN/conffiles
echo ${version} > tree/etc/hive-sample.conf
dpkg-deb --root-owner-group --build tree archive/sample.deb > /dev/null
cd archive
{ cat ../tree/DEBIAN/control; printf 'Filename: ./sample.deb\\nSize: %s\\nSHA256: %s\\n' "$(stat -c %s sample.deb)" "$(sha256sum sample.deb | cut -d ' ' -f 1)"; } > Packages
rm -rf /etc/apt/sources.list.d && echo 'deb [trusted=yes] file:/srv/archive ./' > /etc/apt/sources.list`);
  expect(built).toMatchObject({ status: 0 });
}

const installed = async (): Promise<string> =>
  (await server.sh("dpkg-query -W -f '${Version}' hive-sample")).stdout;

beforeAll(async () => {
  lab = await Lab.open();
  server = await lab.server("upgrade.hive.example", `${lab.prefix}.10`);
  await server.booted();
  await publish("1");
  const first = await server.sh("apt-get update && apt-get install --yes hive-sample");
  expect(first).toMatchObject({ status: 0 });
}, 360_000);
afterAll(() => lab.close());

test("packages are upgraded once for an update; a changed configuration file stays", async () => {
  await server.sh("echo ours > /etc/hive-sample.conf");
  await publish("2");
  const ending = await upgrade("2026-12-24T08:00:00Z");
  expect(ending).toMatchObject({ status: 0, stderr: "" });
  expect(ending.stdout).toContain("changed upgrade-packages\n");
  expect(await installed()).toBe("2");
  expect((await server.sh("cat /etc/hive-sample.conf")).stdout).toBe("ours\n");

  await publish("3");
  const again = await upgrade("2026-12-24T08:00:00Z");
  expect(again.stdout).toContain("upgrade: unchanged");
  expect(await installed()).toBe("2");

  expect((await upgrade("2026-12-25T08:00:00Z")).stdout).toContain("changed upgrade-packages\n");
  expect(await installed()).toBe("3");
});

test("an archive that is away fails the step, and the next run goes on", async () => {
  await publish("4");
  await server.sh("mv /srv/archive /srv/away");
  const failed = await upgrade("2026-12-26T08:00:00Z");
  expect(failed.status).toBe(1);
  expect(failed.stderr).toContain("/srv/archive");
  expect(await installed()).toBe("3");

  await server.sh("mv /srv/away /srv/archive");
  expect(await upgrade("2026-12-26T08:00:00Z")).toMatchObject({ status: 0 });
  expect(await installed()).toBe("4");
});
