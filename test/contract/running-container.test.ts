import { createServer, type Server } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runningContainerProvider } from "../../fleet/container/running-container/provider";
import { unknownValue } from "./provider-server";
import { providerUnderTest } from "./provider-under-test";

/**
 * A stand-in for the local Docker Engine: one container with a state, and a count of its starts.
 */
class EngineStandIn {
  state: string | undefined = "running";
  /** What the container's health check says, look by look; the last one stays. */
  health: string[] = [];
  starts = 0;
  readonly folder = mkdtempSync(join(tmpdir(), "hive-power-"));
  readonly socket = join(this.folder, "docker.sock");
  private readonly server: Server = createServer((request, response) => {
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    };
    if (this.state === undefined) return answer(404, { message: "No such container" });
    if (request.method === "POST") {
      this.starts += 1;
      this.state = "running";
      return answer(204, undefined);
    }
    const health = this.health.length > 1 ? this.health.shift() : this.health[0];
    answer(200, {
      State: {
        Status: this.state,
        Running: this.state === "running",
        ...(health === undefined ? {} : { Health: { Status: health } }),
      },
    });
  });
  start(): Promise<void> {
    return new Promise((resolve) => this.server.listen(this.socket, resolve));
  }
  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
    rmSync(this.folder, { recursive: true });
  }
}

const inputs = {
  containerName: "p-hive0.hive.example",
  containerId: "abc",
  state: "running",
  revision: "1",
};
let engine: EngineStandIn;

beforeAll(async () => {
  engine = new EngineStandIn();
  await engine.start();
});
const server = providerUnderTest(runningContainerProvider, {
  limit: 16 * 1024,
  environment: () => ({ DOCKER_HOST: `unix://${engine.socket}` }),
});
beforeEach(() => {
  engine.state = "running";
  engine.starts = 0;
  engine.health = [];
});
afterAll(() => engine.stop());

describe("RunningContainer on the real provider server", () => {
  test("a container that runs is left alone, by create, diff and update", async () => {
    const { outs, id } = await server.create(inputs);
    expect((await server.diff(id, outs, inputs)).changes).toBe(false);
    await server.update(id, outs, inputs);
    expect(engine.starts).toBe(0);
  });

  test.each(["exited", "created", "paused"])(
    "one that is %s is found by a plain diff and started",
    async (state) => {
      engine.state = state;
      expect((await server.diff("x", inputs, inputs)).changes).toBe(true);
      await server.update("x", inputs, inputs);
      expect([engine.starts, engine.state]).toEqual([1, "running"]);
    },
  );

  test("a server that was started is waited for until its health check has passed", async () => {
    engine.state = "exited";
    engine.health = ["unhealthy", "starting", "unhealthy", "starting", "starting", "healthy"];
    await server.update("x", inputs, inputs);
    expect([engine.starts, engine.health]).toEqual([1, ["healthy"]]);
    expect(server.log()).toMatch(/^hive: p-hive0\.hive\.example: started; waiting/m);
    expect(server.log()).not.toContain("is not healthy yet");
  });

  test("one that was paused is said to be resumed", async () => {
    engine.state = "paused";
    const before = server.log().length;
    await server.update("x", inputs, inputs);
    expect(server.log().slice(before)).toMatch(
      /^hive: p-hive0\.hive\.example: resumed; waiting until it is healthy/m,
    );
    engine.state = "paused";
    expect((await server.read("x", inputs)).inputs).toEqual({ ...inputs, state: "paused" });
  });

  test("a refresh shows the state that was found, under the input's name", async () => {
    engine.state = "exited";
    expect((await server.read("x", inputs)).inputs).toEqual({ ...inputs, state: "exited" });
  });

  test("one that was removed is a change, and the update names it and the way out", async () => {
    engine.state = undefined;
    expect((await server.diff("x", inputs, inputs)).changes).toBe(true);
    await expect(server.update("x", inputs, inputs)).rejects.toThrow(
      /p-hive0\.hive\.example is gone[\s\S]*npx hive up --refresh/,
    );
  });

  test("an unknown container in a preview is a change, without a look", async () => {
    const changed = await server.diff("x", inputs, { ...inputs, containerId: unknownValue });
    expect(changed.changes).toBe(true);
  });
});
