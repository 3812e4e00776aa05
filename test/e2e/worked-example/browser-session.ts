import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { type Browser, buildBrowser, startBrowser } from "./browser";
import { type Person, queen } from "./people";

/** Something bad that happens while the person is logged in. */
export interface Blow {
  /** For the report and the file names, e.g. `am-killed`. */
  readonly name: string;
  /**
   * Makes it happen, e.g. kills the server that runs am; returns at once, without waiting for a
   * recovery.
   */
  strike(): Promise<void> | void;
}

/** What {@link browserSession} needs. */
export interface BrowserSessionOptions {
  /**
   * Addresses of the servers that run the gate. The browser knows them all under one name, as from
   * the GSLB.
   */
  readonly addresses: readonly string[];
  /** Network of this computer's engine on which these addresses are. */
  readonly network: string;
  /**
   * Name under which the browser visits the site after the first look by address. @default
   * "www.hive.example"
   */
  readonly name?: string;
  /** @default {@link queen} */
  readonly person?: Person;
  /** What happens after the login, one after the other. @default nothing */
  readonly blows?: readonly Blow[];
  /** How long the portal may take to be back after a blow, seconds. @default 60 */
  readonly recoverySeconds?: number;
  /**
   * Folder for the screenshots and `session.json`. @default "test-output/worked-example" in the
   * project
   */
  readonly output?: string;
}

/** One look at the site. */
export interface Look {
  readonly step: string;
  /** From the step's beginning to what was to be seen. */
  readonly seconds: number;
  /** The page that was seen. */
  readonly url: string;
  /** The screenshot, in the output folder. */
  readonly screenshot: string;
  /** Server that the portal ran on, as the page says. */
  readonly portalHost?: string;
  /** Server through which the browser came in, as the page says. */
  readonly gateHost?: string;
  /**
   * What was seen before: errors and pages that ask to wait. Empty when the first look was good.
   */
  readonly meanwhile: readonly string[];
}

const defaultOutput = join(__dirname, "..", "..", "..", "test-output", "worked-example");

/**
 * Does with a real browser what a person does: opens the site by its address, is sent to the login
 * page, mistypes the password, logs in, sees the portal, keeps using it through every blow, and
 * logs out.
 *
 * @returns what was seen at each step; also written to `session.json`
 * @throws Error naming the step, what was expected and what was seen, with the screenshot's path
 */
export async function browserSession(options: BrowserSessionOptions): Promise<readonly Look[]> {
  const name = options.name ?? "www.hive.example";
  const output = options.output ?? defaultOutput;
  await buildBrowser();
  const browser = await startBrowser({
    network: options.network,
    names: { [name]: options.addresses },
  });
  const visit = new Visit(browser, output, options.person ?? queen);
  try {
    await visit.byAddress(`http://${options.addresses[0]}/`);
    await visit.logIn(`http://${name}/`);
    for (const blow of options.blows ?? []) {
      await visit.endure(blow, `http://${name}/`, options.recoverySeconds ?? 60);
    }
    await visit.logOut(`http://${name}/`);
    return visit.looks;
  } finally {
    mkdirSync(output, { recursive: true });
    writeFileSync(join(output, "session.json"), `${JSON.stringify(visit.looks, null, 2)}\n`);
    await browser.close();
  }
}

/** One person's way through the site. */
class Visit {
  readonly looks: Look[] = [];
  private started = Date.now();

  constructor(
    private readonly browser: Browser,
    private readonly output: string,
    private readonly person: Person,
  ) {}

  /** The site by its bare address sends to the login page. */
  async byAddress(url: string): Promise<void> {
    this.begin();
    await this.must("login-by-address", await this.browser.open(url), await this.isLogin());
  }

  /** Wrong password, right password. */
  async logIn(url: string): Promise<void> {
    this.begin();
    await this.must("login-page", await this.browser.open(url), await this.isLogin());

    this.begin();
    await this.browser.type("#username", this.person.user);
    await this.browser.type("#password", `not ${this.person.password}`);
    const refused = await this.browser.click("button[type=submit]");
    const message = await this.browser.text("[role=alert]");
    await this.must(
      "wrong-password",
      refused,
      message?.startsWith("Name or password is wrong.") === true,
    );

    // The page has kept the name.
    this.begin();
    await this.browser.type("#password", this.person.password);
    const failed = await this.browser.click("button[type=submit]");
    await this.must("logged-in", failed, await this.isPortal());
    const session = (await this.browser.cookies()).find((cookie) => cookie.name === "hive_session");
    if (session?.httpOnly !== true || session.sameSite !== "Lax") {
      throw new Error(`The session's cookie is not as it should be: ${JSON.stringify(session)}`);
    }
  }

  /**
   * After a blow the person loads the page again until it is there; a login page would mean to be
   * logged out.
   */
  async endure(blow: Blow, url: string, seconds: number): Promise<void> {
    await blow.strike();
    this.begin();
    const end = this.started + seconds * 1000;
    const meanwhile: string[] = [];
    for (;;) {
      const problem = await this.browser.open(url);
      if (problem === undefined && (await this.isPortal())) break;
      const seen = problem ?? (await this.browser.text("h1")) ?? "an empty page";
      meanwhile.push(`${((Date.now() - this.started) / 1000).toFixed(1)} s: ${seen}`);
      if ((await this.isLogin()) || Date.now() > end) {
        await this.must(blow.name, `not logged in any more: ${meanwhile.join("; ")}`, false);
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    await this.must(blow.name, undefined, true, meanwhile);
  }

  /** The button of the portal, and that the portal is closed afterwards. */
  async logOut(url: string): Promise<void> {
    this.begin();
    const failed = await this.browser.click("form[action='/logout'] button");
    const message = await this.browser.text("[role=status]");
    await this.must("logged-out", failed, message === "You are logged out.");
    this.begin();
    await this.must("after-logout", await this.browser.open(url), await this.isLogin());
  }

  private begin(): void {
    this.started = Date.now();
  }

  private async isLogin(): Promise<boolean> {
    return (await this.browser.text("label[for=password]")) === "Password";
  }

  private async isPortal(): Promise<boolean> {
    return (
      (await this.browser.text("#name")) === this.person.fullName &&
      (await this.browser.text("#user")) === this.person.user
    );
  }

  /** Takes the picture and notes the look. @throws Error when it was not what was expected */
  private async must(
    step: string,
    problem: string | undefined,
    good: boolean,
    meanwhile: readonly string[] = [],
  ): Promise<void> {
    const seconds = (Date.now() - this.started) / 1000;
    const screenshot = `${String(this.looks.length + 1).padStart(2, "0")}-${step}.png`;
    await this.browser.screenshot(join(this.output, screenshot));
    const url = await this.browser.location();
    if (problem !== undefined || !good) {
      const seen = (await this.browser.text("body")) ?? "nothing";
      throw new Error(
        `${step}: ${problem ?? "not the page that was expected"}. Seen at ${url}: ${seen.slice(0, 300)} (${join(this.output, screenshot)})`,
      );
    }
    const [portalHost, gateHost] = [
      await this.browser.text("#host"),
      await this.browser.text("#gate"),
    ];
    this.looks.push({
      step,
      seconds,
      url,
      screenshot,
      meanwhile,
      ...(portalHost === undefined ? {} : { portalHost }),
      ...(gateHost === undefined ? {} : { gateHost }),
    });
  }
}
