import { randomInt } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { dirname, join } from "node:path";

import { drone, type Person, queen, worker } from "./people";

/** What {@link loginLoad} does. */
export interface LoginLoadOptions {
  /**
   * Addresses of the servers that run the gate, used in turn as a GSLB gives them out; one that
   * does not answer is left out for ten seconds.
   */
  readonly addresses: readonly string[];
  /** Who logs in, in turn. @default the three demo people */
  readonly people?: readonly Person[];
  /** How long logins are begun. */
  readonly seconds: number;
  /** Logins begun each second, 1 to 10. */
  readonly perSecond: number;
  /** How long one login may take until it has failed, seconds. @default 60 */
  readonly patience?: number;
  /** Port of the gate. @default 80 */
  readonly port?: number;
  /** JSON file of the result. @default "test-output/worked-example/logins.json" in the project */
  readonly output?: string;
}

/**
 * What became of the logins. Times are seconds since the load's beginning, unless they say
 * otherwise.
 */
export interface LoginLoadResult {
  /** ISO time of the beginning. */
  readonly started: string;
  readonly begun: number;
  readonly ok: number;
  readonly failed: number;
  /** Logins that met an address that did not answer and went on to another one, as browsers do. */
  readonly detours: number;
  readonly firstFailure?: number;
  readonly lastFailure?: number;
  /** Durations of the good logins. */
  readonly secondsOfLogin: { readonly median: number; readonly p95: number; readonly max: number };
  /** By reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Every login that failed, or took longer than a second, by the time at which it was begun. */
  readonly remarkable: readonly {
    readonly at: number;
    readonly took: number;
    readonly what: string;
  }[];
}

const defaultOutput = join(
  ...[__dirname, "..", "..", ".."],
  ...["test-output", "worked-example", "logins.json"],
);
const connectMilliseconds = 2000;
/** How long an address that did not answer is left out, as a GSLB with health checks does. */
const avoidMilliseconds = 10_000;

/**
 * Logs in again and again, also while servers are killed, and counts. A login is the whole way:
 * login page, password, portal with the person's name. Each begins as a new person would, without a
 * cookie, and under a spelling of the name that was not used before (`qUeen`), so that am has no
 * verdict at hand and the directory must be asked (the demo people's names have 96 spellings in
 * turn).
 *
 * @returns the counts; also written to the output file. A failed login is counted, never thrown
 */
export async function loginLoad(options: LoginLoadOptions): Promise<LoginLoadResult> {
  if (!(options.perSecond >= 1 && options.perSecond <= 10)) {
    throw new Error(`perSecond is ${options.perSecond}; write 1 to 10.`);
  }
  const people = options.people ?? [queen, worker, drone];
  const started = Date.now();
  const since = (): number => Math.round(Date.now() - started) / 1000;
  const attempts: Promise<Attempt>[] = [];
  // Another run within am's memory of five minutes uses other spellings.
  const first = randomInt(48) * 32;
  const silentSince = new Map<string, number>();
  const total = Math.floor(options.seconds * options.perSecond);
  for (let index = 0; index < total; index++) {
    await sleepUntil(started + (index * 1000) / options.perSecond);
    const at = since();
    const person = people[index % people.length] ?? queen;
    const login = new Login(
      options,
      silentSince,
      index,
      person,
      first + Math.floor(index / people.length),
    );
    attempts.push(
      login.run().then(
        (detour) => ({ at, took: since() - at, detour }),
        (error: unknown) => ({
          at,
          took: since() - at,
          detour: false,
          failure: error instanceof Error ? error.message : String(error),
        }),
      ),
    );
  }
  const result = summary(new Date(started).toISOString(), await Promise.all(attempts));
  const output = options.output ?? defaultOutput;
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, `${JSON.stringify(result, null, 2)}\n`);
  return result;
}

/** To milliseconds. */
function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

/** The outcome of one login. */
interface Attempt {
  readonly at: number;
  readonly took: number;
  readonly detour: boolean;
  readonly failure?: string;
}

function summary(started: string, attempts: readonly Attempt[]): LoginLoadResult {
  const failures = attempts.filter(({ failure }) => failure !== undefined);
  const durations = attempts
    .filter(({ failure }) => failure === undefined)
    .map(({ took }) => took)
    .sort((left, right) => left - right);
  const share = (part: number): number =>
    round(durations[Math.min(durations.length - 1, Math.floor(durations.length * part))] ?? 0);
  const reasons: Record<string, number> = {};
  for (const { failure = "" } of failures) reasons[failure] = (reasons[failure] ?? 0) + 1;
  const ends = failures.map(({ at, took }) => at + took);
  return {
    started,
    begun: attempts.length,
    ok: durations.length,
    failed: failures.length,
    detours: attempts.filter(({ detour }) => detour).length,
    ...(failures.length === 0
      ? {}
      : { firstFailure: round(Math.min(...ends)), lastFailure: round(Math.max(...ends)) }),
    secondsOfLogin: { median: share(0.5), p95: share(0.95), max: share(1) },
    reasons,
    remarkable: attempts
      .filter(({ failure, took }) => failure !== undefined || took > 1)
      .map(({ at, took, failure }) => ({ at, took: round(took), what: failure ?? "slow" })),
  };
}

/** One login, from the login page to the portal. */
class Login {
  private cookie = "";
  private detour = false;
  private readonly end: number;

  constructor(
    private readonly options: LoginLoadOptions,
    /** When addresses did not answer, for all logins. */
    private readonly silentSince: Map<string, number>,
    /** Number of the login; which address comes first follows from it. */
    private readonly index: number,
    private readonly person: Person,
    /** Number of the name's spelling. */
    private readonly variant: number,
  ) {
    this.end = Date.now() + (options.patience ?? 60) * 1000;
  }

  /** @returns whether an address did not answer. @throws Error with the reason of the failure */
  async run(): Promise<boolean> {
    const { user, password } = this.person;
    const page = await this.ask("GET", "/login?next=/");
    if (page.status !== 200) throw new Error(`login page: status ${page.status}`);
    const form = new URLSearchParams({ username: spelling(user, this.variant), password });
    const answer = await this.ask("POST", "/login/submit?next=/", form.toString());
    if (answer.status !== 302) throw new Error(`login: status ${answer.status}`);
    if (answer.location !== "/") throw new Error(`login: sent to ${answer.location}`);
    const portal = await this.ask("GET", "/");
    if (portal.status !== 200) throw new Error(`portal: status ${portal.status}`);
    if (!portal.text.includes(`id="user">${user}<`)) {
      throw new Error("portal: without the person's name");
    }
    return this.detour;
  }

  /** Asks the addresses in turn until one answers. */
  private async ask(method: string, path: string, body?: string): Promise<Answer> {
    let reason = "no time left";
    for (const address of this.addressesInTurn()) {
      if (Date.now() > this.end) break;
      try {
        return await this.askOne(address, method, path, body);
      } catch (error) {
        this.detour = true;
        this.silentSince.set(address, Date.now());
        reason = (error as Error).message;
      }
    }
    throw new Error(`${method} ${path}: ${reason}`);
  }

  /** This login's own one first, those that did not answer a moment ago last. */
  private addressesInTurn(): string[] {
    const { addresses } = this.options;
    const start = this.index % addresses.length;
    const turn = [...addresses.slice(start), ...addresses.slice(0, start)];
    const isSilent = (address: string): boolean =>
      Date.now() - (this.silentSince.get(address) ?? 0) < avoidMilliseconds;
    return [...turn.filter((one) => !isSilent(one)), ...turn.filter(isSilent)];
  }

  private askOne(address: string, method: string, path: string, body?: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = {
        ...(this.cookie === "" ? {} : { Cookie: this.cookie }),
        ...(body === undefined ? {} : { "Content-Type": "application/x-www-form-urlencoded" }),
      };
      const port = this.options.port ?? 80;
      const call = request({ host: address, port, method, path, headers, agent: false });
      const late = (reason: string, milliseconds: number): NodeJS.Timeout =>
        setTimeout(() => call.destroy(new Error(reason)), milliseconds);
      const connecting = late("no connection", connectMilliseconds);
      const answering = late("no answer", Math.max(0, this.end - Date.now()));
      call.on("socket", (socket) => socket.once("connect", () => clearTimeout(connecting)));
      call.on("close", () => {
        clearTimeout(connecting);
        clearTimeout(answering);
      });
      call.on("error", (error: NodeJS.ErrnoException) =>
        reject(new Error(error.code ?? error.message)),
      );
      call.on("response", (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("error", reject);
        response.on("end", () => {
          const cookie = response.headers["set-cookie"]?.[0]?.split(";")[0];
          if (cookie !== undefined) this.cookie = cookie;
          const { location = "" } = response.headers;
          resolve({ status: response.statusCode ?? 0, location, text });
        });
      });
      call.end(body);
    });
  }
}

/** An answer of the gate. */
interface Answer {
  readonly status: number;
  readonly location: string;
  readonly text: string;
}

/**
 * A name that the directory takes for the same and am's memory does not: the letters at the
 * number's lower five bits in capitals, and a blank behind it for every 32.
 */
function spelling(user: string, variant: number): string {
  const letters = [...user].map((letter, position) =>
    position < 5 && ((variant >> position) & 1) === 1 ? letter.toUpperCase() : letter,
  );
  return letters.join("") + " ".repeat(variant >> 5);
}

async function sleepUntil(time: number): Promise<void> {
  const milliseconds = time - Date.now();
  if (milliseconds > 0) await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
