import { execFile, spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** A real browser without a screen, in a container of this computer's engine. */
export interface Browser {
  /**
   * Goes to an address and waits until the page is loaded. @returns why it did not come, or
   * undefined
   */
  open(url: string): Promise<string | undefined>;
  /** The address of the page that is shown. */
  location(): Promise<string>;
  /**
   * What a person reads in the first element that a selector finds; undefined when there is none.
   */
  text(selector: string): Promise<string | undefined>;
  /** Types into a field. @throws Error when there is no such field */
  type(selector: string, text: string): Promise<void>;
  /**
   * Clicks, and waits until the page that this leads to is loaded. @returns why it did not come, or
   * undefined
   */
  click(selector: string): Promise<string | undefined>;
  /** Cookies that the browser holds for the shown page. */
  cookies(): Promise<readonly Cookie[]>;
  /** Writes what is seen as a PNG file. */
  screenshot(file: string): Promise<void>;
  /** Ends the browser and removes its container. */
  close(): Promise<void>;
}

/** A cookie, as the browser tells it. */
export interface Cookie {
  readonly name: string;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  readonly sameSite?: string;
}

/** Where a browser runs. */
export interface BrowserOptions {
  /** Network of the engine that the browser joins. */
  readonly network: string;
  /**
   * Addresses that a name resolves to in the browser, as it would through a DNS server that answers
   * with all of them: the browser tries the next one where one does not answer.
   *
   * @default none
   */
  readonly names?: Readonly<Record<string, readonly string[]>>;
  /** How long a page may take to load, seconds. @default 50 */
  readonly pageSeconds?: number;
}

const image = "hive/test-browser";
const run = promisify(execFile);

/** Builds the browser's image; its packages, 800 MB, are fetched the first time only. */
export async function buildBrowser(): Promise<void> {
  await run("docker", ["build", "--quiet", "--tag", image, join(__dirname, "browser")], {
    timeout: 900_000,
  });
}

/** Starts a browser with an empty profile. Call {@link buildBrowser} before. */
export async function startBrowser(options: BrowserOptions): Promise<Browser> {
  const name = `hive-test-browser-${randomBytes(4).toString("hex")}`;
  const hosts = Object.entries(options.names ?? {}).flatMap(([host, addresses]) =>
    addresses.flatMap((address) => ["--add-host", `${host}:${address}`]),
  );
  const child = spawn("docker", [
    ...["run", "--rm", "--interactive", "--name", name, "--label", "hive.test=browser"],
    ...["--network", options.network, ...hosts, image],
  ]);
  const remove = async (): Promise<void> => {
    await run("docker", ["rm", "--force", name]).catch(() => undefined);
  };
  try {
    return await attach(new DevTools(child), (options.pageSeconds ?? 50) * 1000, remove);
  } catch (error) {
    child.kill();
    await remove();
    throw error;
  }
}

async function attach(
  devTools: DevTools,
  pageDeadline: number,
  remove: () => Promise<void>,
): Promise<Browser> {
  const { targetId } = await devTools.send<{ targetId: string }>("Target.createTarget", {
    url: "about:blank",
  });
  const { sessionId } = await devTools.send<{ sessionId: string }>("Target.attachToTarget", {
    targetId,
    flatten: true,
  });
  const send = <T>(method: string, parameters: object = {}): Promise<T> =>
    devTools.send<T>(method, parameters, sessionId);
  await send("Page.enable");

  const evaluate = async <T>(expression: string): Promise<T> => {
    const { result, exceptionDetails } = await send<{
      result: { value: T };
      exceptionDetails?: { text: string };
    }>("Runtime.evaluate", { expression, returnByValue: true });
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${exceptionDetails.text}`);
    return result.value;
  };
  const find = (selector: string): string => `document.querySelector(${JSON.stringify(selector)})`;
  /** Waits for the page that an action leads to. */
  const arrive = async (act: () => Promise<string | undefined>): Promise<string | undefined> => {
    const loaded = devTools.event("Page.loadEventFired", sessionId, pageDeadline);
    const refused = await act();
    const came = await loaded;
    return refused ?? (came ? undefined : `no page within ${pageDeadline / 1000} s`);
  };

  return {
    open: (url) =>
      arrive(async () => {
        const navigation = send<{ errorText?: string }>("Page.navigate", { url });
        const late = devTools.pause(pageDeadline).then(() => ({ errorText: "no answer" }));
        return (await Promise.race([navigation, late])).errorText;
      }),
    location: () => evaluate<string>("location.href"),
    text: async (selector) =>
      (await evaluate<string | null>(`${find(selector)}?.innerText ?? null`)) ?? undefined,
    async type(selector, text) {
      if (!(await evaluate<boolean>(`${find(selector)} !== null`))) {
        throw new Error(`There is no ${selector} on ${await evaluate<string>("location.href")}.`);
      }
      await evaluate(`${find(selector)}.focus()`);
      await send("Input.insertText", { text });
    },
    click: (selector) =>
      arrive(async () => {
        const { x, y } = await evaluate<{ x: number; y: number }>(
          `(({ left, top, width, height }) => ({ x: left + width / 2, y: top + height / 2 }))(${find(selector)}.getBoundingClientRect())`,
        );
        for (const type of ["mousePressed", "mouseReleased"]) {
          await send("Input.dispatchMouseEvent", { type, x, y, button: "left", clickCount: 1 });
        }
        return undefined;
      }),
    cookies: async () => (await send<{ cookies: readonly Cookie[] }>("Network.getCookies")).cookies,
    async screenshot(file) {
      const { data } = await send<{ data: string }>("Page.captureScreenshot", { format: "png" });
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, Buffer.from(data, "base64"));
    },
    async close() {
      await Promise.race([devTools.send("Browser.close").catch(() => undefined), devTools.ended]);
      await remove();
    },
  };
}

/** One message of the protocol. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** The DevTools protocol over a process's standard input and output. */
class DevTools {
  /** Resolves when the browser's process has ended. */
  readonly ended: Promise<void>;
  private lastId = 0;
  private received = "";
  private complaints = "";
  private readonly waiting = new Map<number, (message: Message) => void>();
  private readonly listeners = new Set<(message: Message) => void>();

  constructor(private readonly child: ChildProcessWithoutNullStreams) {
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => this.receive(chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      this.complaints = `${this.complaints}${chunk}`.slice(-2000);
    });
    child.stdin.on("error", () => undefined);
    this.ended = new Promise((resolve) => {
      child.once("close", () => {
        const message = `The browser has ended. Its last words:\n${this.complaints}`;
        for (const answer of this.waiting.values()) answer({ error: { message } });
        this.waiting.clear();
        resolve();
      });
    });
  }

  /** Sends a command and waits for its answer, at most a minute. */
  send<T>(method: string, parameters: object = {}, sessionId?: string): Promise<T> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.waiting.delete(id);
        reject(new Error(`The browser did not answer ${method} within 60 s.`));
      }, 60_000);
      this.waiting.set(id, ({ result, error }) => {
        clearTimeout(late);
        if (error === undefined) resolve(result as T);
        else reject(new Error(`${method}: ${error.message}`));
      });
      this.child.stdin.write(`${JSON.stringify({ id, method, params: parameters, sessionId })}\0`);
    });
  }

  /** Waits for an event. @returns whether it came in time */
  event(method: string, sessionId: string, milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (came: boolean): void => {
        clearTimeout(late);
        this.listeners.delete(listener);
        resolve(came);
      };
      const listener = (message: Message): void => {
        if (message.method === method && message.sessionId === sessionId) end(true);
      };
      const late = setTimeout(() => end(false), milliseconds);
      this.listeners.add(listener);
    });
  }

  /** Resolves after a time; holds up no process that wants to end. */
  pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      setTimeout(resolve, milliseconds).unref();
    });
  }

  private receive(chunk: string): void {
    const parts = `${this.received}${chunk}`.split("\0");
    this.received = parts.pop() ?? "";
    for (const part of parts) {
      const message = JSON.parse(part) as Message;
      if (message.id === undefined) {
        for (const listener of this.listeners) listener(message);
      } else {
        this.waiting.get(message.id)?.(message);
        this.waiting.delete(message.id);
      }
    }
  }
}
