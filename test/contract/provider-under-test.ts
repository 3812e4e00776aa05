import type * as pulumi from "@pulumi/pulumi";

import { type ProviderServer, startProviderServer } from "./provider-server";
import { serializeProvider } from "./serialized-provider";

/**
 * A provider as the engine has it: its stored text, on a running server. Methods as those of
 * {@link ProviderServer}, without the text.
 */
export type ProviderUnderTest = {
  readonly [Method in keyof Omit<ProviderServer, "log" | "stop">]: ProviderServer[Method] extends (
    text: string,
    ...rest: infer Rest
  ) => infer Answer
    ? (...rest: Rest) => Answer
    : never;
} & {
  /** What the engine stores of the provider. */
  text(): string;
  /** What the server printed so far. */
  log(): string;
};

/** Options of {@link providerUnderTest}. */
export interface ProviderUnderTestOptions {
  /** Largest text allowed, in characters. Default: that of {@link serializeProvider}. */
  readonly limit?: number;
  /**
   * Environment variables of the server, asked for when it starts. Default: none but those of this
   * process.
   */
  readonly environment?: () => Readonly<Record<string, string>>;
}

/**
 * A provider for all tests of a file: before the first one it is serialized, and a server is
 * started, which ends after the last one. Call it where `beforeAll` may stand.
 */
export function providerUnderTest(
  provider: pulumi.dynamic.ResourceProvider | Promise<string>,
  { limit, environment }: ProviderUnderTestOptions = {},
): ProviderUnderTest {
  let text: string;
  let server: ProviderServer;
  beforeAll(async () => {
    text = (await serializeProvider(provider, limit)).text;
    server = await startProviderServer(environment?.());
  });
  afterAll(() => server.stop());
  return {
    check: (...rest) => server.check(text, ...rest),
    diff: (...rest) => server.diff(text, ...rest),
    create: (...rest) => server.create(text, ...rest),
    read: (...rest) => server.read(text, ...rest),
    update: (...rest) => server.update(text, ...rest),
    delete: (...rest) => server.delete(text, ...rest),
    text: () => text,
    log: () => server.log(),
  };
}
