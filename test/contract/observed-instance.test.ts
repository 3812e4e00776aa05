import { observedInstanceProvider } from "../../fleet/aws/observed-instance/provider";
import { unknownValue } from "./provider-server";
import { providerUnderTest } from "./provider-under-test";

const server = providerUnderTest(observedInstanceProvider, { limit: 16 * 1024 });

type Inputs = Record<string, unknown>;

const whole = { state: "running", address: "198.51.100.10", disks: ["vol-1", "vol-2"] };
/** @param observed - what EC2 says; null: it does not know the instance. */
const inputs = (observed: object | null = whole, change: object = {}): Inputs => ({
  instanceId: "i-1",
  wanted: { address: "198.51.100.10", disks: { data: "vol-1", mail: "vol-2" } },
  ...(observed === null ? {} : { observed }),
  revision: 1,
  ...change,
});
const none = { power: 0, address: 0, disks: {} };

/** The inputs as `check` fills them in. */
async function checked(olds: Inputs, news: Inputs): Promise<Inputs> {
  const { inputs: filled } = await server.check(news, olds);
  return filled;
}

/** A first run, and then another one: what it has lost, and whether it changes anything. */
async function afterwards(news: Inputs): Promise<Inputs> {
  const before = await checked({}, inputs());
  const { id, outs } = await server.create(before);
  const after = await checked(before, news);
  return { lost: after["lost"], changes: (await server.diff(id, outs, after)).changes };
}

describe("ObservedInstance on the real provider server", () => {
  test("a new instance has lost nothing, although its parts are not connected yet", async () => {
    const made = await checked({}, inputs({ state: "running", address: "", disks: [] }));
    expect(made).toMatchObject({ lost: none });
  });

  test.each([
    ["nothing", whole, none, false],
    ["its power", { ...whole, state: "stopped" }, { ...none, power: 1 }, true],
    ["its power, still stopping", { ...whole, state: "stopping" }, { ...none, power: 1 }, true],
    ["its address", { ...whole, address: "" }, { ...none, address: 1 }, true],
    ["a disk", { ...whole, disks: ["vol-2"] }, { ...none, disks: { data: 1 } }, true],
    [
      "its power; EC2 may not tell its address then",
      { ...whole, state: "stopped", address: "" },
      { ...none, power: 1 },
      true,
    ],
    ["nothing; it has a disk more", { ...whole, disks: ["vol-1", "vol-2", "vol-3"] }, none, false],
  ])("lost: %s", async (_what, observed, lost, changes) => {
    expect(await afterwards(inputs(observed))).toMatchObject({ lost, changes });
  });

  test("EC2 does not know the instance: nothing is counted, another resource says so", async () => {
    expect(await afterwards(inputs(null))).toMatchObject({ lost: none, changes: false });
  });

  test("another instance has lost nothing, and is stored", async () => {
    const other = inputs({ state: "running", address: "", disks: [] }, { instanceId: "i-2" });
    expect(await afterwards(other)).toMatchObject({ lost: none, changes: true });
  });

  test("a volume that is added or gone is no loss; its disk is not known in a preview", async () => {
    const wanted = { address: "198.51.100.10", disks: { data: "vol-1", more: unknownValue } };
    expect(await afterwards(inputs(whole, { wanted }))).toMatchObject({
      lost: none,
      changes: true,
    });
  });

  test("in the preview of a replacement nothing is known, and nothing is lost", async () => {
    const news = inputs(null, { instanceId: unknownValue, observed: unknownValue });
    expect(await afterwards(news)).toMatchObject({ lost: none, changes: true });
  });

  test("counts grow with each loss, and stay when it is mended", async () => {
    const off = inputs({ ...whole, state: "stopped" });
    const first = await checked({}, inputs());
    const lost = await checked(first, off);
    const mended = await checked(lost, inputs());
    const again = await checked(mended, off);
    expect([lost, mended, again].map((each) => (each["lost"] as { power: number }).power)).toEqual([
      1, 1, 2,
    ]);
    const { id, outs } = await server.create(lost);
    expect((await server.diff(id, outs, mended)).changes).toBe(false);
  });
});
