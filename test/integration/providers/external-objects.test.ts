import type { ExternalObjectInputs } from "../../../providers/external-object/client";
import {
  externalObjectProvider,
  type ExternalObjectState,
} from "../../../providers/external-object/provider";
import { swarmServiceProvider } from "../../../providers/swarm-service/provider";
import type {
  SwarmServiceInputs,
  SwarmServiceState,
} from "../../../providers/swarm-service/service-state";
import { withEngine } from "../../../providers/transport/engine";
import { withAnyManager } from "../../../providers/transport/manager";
import { serviceSpec } from "../../unit/model/service-specs";
import type { Lab } from "../lab";
import { inTask, startSwarmLab, taskImage } from "../service-lab";

/** What others have made, and a service that uses it; the tests depend on their order. */
let lab: Lab;
let service: { id: string; state: SwarmServiceState };
const found: Partial<Record<ExternalObjectInputs["kind"], ExternalObjectState>> = {};

jest.setTimeout(180_000);

beforeAll(async () => {
  lab = await startSwarmLab({ servers: 2, prefix: "ext" });
}, 600_000);
afterAll(() => lab.destroy());

function inputs(kind: ExternalObjectInputs["kind"], name: string): ExternalObjectInputs {
  return { kind, name, hosts: lab.hosts, revision: "1" };
}

async function find(kind: ExternalObjectInputs["kind"], name: string): Promise<void> {
  const { outs } = await externalObjectProvider.create(inputs(kind, name));
  found[kind] = outs as ExternalObjectState;
}

const onHost = (index: number, work: Parameters<typeof withEngine>[1]): Promise<unknown> => {
  const host = lab.hosts[index];
  if (host === undefined) throw new Error(`The lab has no host ${index}.`);
  return withEngine(host, work);
};

describe("what others have made", () => {
  test.each([
    ["network", "docker network create --driver overlay --attachable team"],
    ["secret", "docker secret create team"],
    ["config", "docker config create team"],
    ["volume", "docker volume create team"],
  ] as const)("a missing %s is refused with the command that makes it", async (kind, command) => {
    await expect(externalObjectProvider.create(inputs(kind, "team"))).rejects.toThrow(command);
  });

  test("a volume that one server lacks is refused with that server's name", async () => {
    await onHost(0, (docker) => docker.createVolume({ Name: "team" }));
    await expect(externalObjectProvider.create(inputs("volume", "team"))).rejects.toThrow(
      `the Docker Engine of ${lab.hosts[1]?.name ?? ""} does not have it`,
    );
    await onHost(1, (docker) => docker.createVolume({ Name: "team" }));
  });

  test("is found, also beside others of like names", async () => {
    await withAnyManager(lab.hosts, async (docker) => {
      for (const name of ["team-2", "team"]) {
        await docker.createNetwork({ Name: name, Driver: "overlay", Attachable: true });
        await docker.createSecret({
          Name: name,
          Data: Buffer.from(`value of ${name}`).toString("base64"),
        });
      }
    });
    await find("network", "team");
    await find("volume", "team");
    await find("secret", "team");
    expect(found.volume).toMatchObject({ objectId: "team", driver: "local" });
    expect(found.network?.driver).toBe("overlay");
    for (const state of Object.values(found)) {
      const seen = await externalObjectProvider.read?.(state.objectId, state);
      expect(seen?.inputs).toEqual(inputs(state.kind, state.name));
    }
  });

  test("is what a service's tasks have, and a refresh finds no difference", async () => {
    const [network, volume, secret] = [found.network, found.volume, found.secret];
    const input = {
      ...serviceSpec({
        site: "lab.example",
        name: "web",
        image: taskImage,
        networks: [{ id: network?.objectId ?? "", aliases: [] }],
        mounts: [
          {
            kind: "volume",
            source: volume?.objectName ?? "",
            target: "/media",
            readOnly: false,
            driver: volume?.driver ?? "",
            driverOptions: {},
            noCopy: false,
          },
        ],
        secrets: [
          {
            id: secret?.objectId ?? "",
            name: secret?.objectName ?? "",
            target: "password",
            uid: 0,
            gid: 0,
            mode: "0444",
          },
        ],
      }),
      revision: "1",
      managers: lab.hosts,
    } as SwarmServiceInputs;
    const checked = await swarmServiceProvider.check?.(input, input);
    const created = await swarmServiceProvider.create(checked?.inputs as SwarmServiceInputs);
    service = { id: created.id, state: created.outs as SwarmServiceState };
    expect(await inTask(lab, "web", ["/bin/busybox", "cat", "/run/secrets/password"])).toContain(
      "value of team",
    );
    await inTask(lab, "web", ["/bin/busybox", "touch", "/media/written"]);
    const seen = await swarmServiceProvider.read?.(service.id, service.state);
    const difference = await swarmServiceProvider.diff?.(
      service.id,
      seen?.props as SwarmServiceState,
      checked?.inputs as SwarmServiceInputs,
    );
    expect(difference?.changes).toBe(false);
  });

  test("is there when the service and all that knew of it have gone", async () => {
    await swarmServiceProvider.delete?.(service.id, service.state);
    for (const state of Object.values(found))
      await externalObjectProvider.delete?.(state.objectId, state);
    await find("network", "team");
    await find("volume", "team");
    await find("secret", "team");
  });

  test("that was made anew is another one, and one that went is gone, in a refresh", async () => {
    const before = found.secret as ExternalObjectState;
    await withAnyManager(lab.hosts, async (docker) => {
      await docker.getSecret(before.objectId).remove();
    });
    expect(await externalObjectProvider.read?.(before.objectId, before)).toEqual({});
    await withAnyManager(lab.hosts, async (docker) => {
      await docker.createSecret({ Name: "team", Data: Buffer.from("anew").toString("base64") });
    });
    const seen = await externalObjectProvider.read?.(before.objectId, before);
    expect(seen?.id).not.toBe(before.objectId);
    expect(seen?.props?.objectId).toBe(seen?.id);
  });
});
