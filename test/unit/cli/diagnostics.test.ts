import {
  cleanMessage,
  diagnosticsText,
  readableDiagnostics,
} from "../../../cli/pulumi/diagnostics";
import { plain } from "../../../cli/terminal";
import { recordedEvents, replay } from "./recorded-run";

const service =
  "urn:pulumi:private::hive::hive:index:Hive$hive:phase:DeployServices$hive:index:SwarmService$pulumi-nodejs:dynamic/hive:SwarmService::service-webgate";

test("an error of a resource is told once, with its phase and name, without the engine's echo", () => {
  const readable = readableDiagnostics(replay(recordedEvents("first-up-failed")).diagnostics);
  expect(diagnosticsText(readable, plain)).toBe(
    [
      "Error in deploy-services: deploy-services-thing1 (Thing)",
      "  The host hive1 (172.30.77.5:22) cannot be reached.",
      "  Is it up?",
    ].join("\n"),
  );
});

test("the same error for a resource and for the run is one error", () => {
  const readable = readableDiagnostics([
    { severity: "error", urn: service, message: "webgate does not converge: image not found" },
    {
      severity: "error",
      urn: undefined,
      message: "error: webgate does not converge: image not found",
    },
    { severity: "error", urn: undefined, message: "webgate does not converge: image not found" },
    { severity: "error", urn: undefined, message: "update failed\n" },
  ]);
  expect(readable.filter(({ subject }) => subject !== "")).toHaveLength(1);
  expect(
    readable.filter(({ text }) => text === "webgate does not converge: image not found"),
  ).toHaveLength(1);
});

test("two resources with the same error are two errors", () => {
  const other = service.replace("service-webgate", "service-am");
  const readable = readableDiagnostics([
    { severity: "error", urn: service, message: "no manager answers" },
    { severity: "error", urn: other, message: "no manager answers" },
  ]);
  expect(readable.map(({ subject }) => subject)).toEqual([
    "deploy-services: service-webgate (SwarmService)",
    "deploy-services: service-am (SwarmService)",
  ]);
});

test.each([
  [
    "a program's exception, without its stack",
    `Running program '/p/index.ts' failed with an unhandled exception:
<ref *1> Error: The network 172.29.16.0/24 is taken.
    at planFleet (/p/model/fleet.ts:3:9)
    at Object.<anonymous> (/p/index.ts:1:1) {
  promise: Promise { <rejected> [Circular *1] }
}`,
    "The network 172.29.16.0/24 is taken.",
  ],
  [
    "a bridged provider's list of one",
    "sdk-v2/provider2.go:572: sdk.helper_schema: Unable to create network: boom: provider=docker@5.2.0\n",
    "Unable to create network: boom",
  ],
  [
    "errors in a list",
    "1 error occurred:\n\t* Unable to pull image: boom\n\n",
    "Unable to pull image: boom",
  ],
  ["colour marks", "<{%fg 1%}>broken<{%reset%}>", "broken"],
])("cleans %s", (_what, message, clean) => {
  expect(cleanMessage(message)).toBe(clean);
});

test.each([
  ["Error response from daemon: Pool overlaps with other one on this address space", /hive:cidr/],
  [
    "driver failed programming external connectivity: Bind for 0.0.0.0:80: port is already allocated",
    /another port/,
  ],
  ["write /var/lib/docker/x: no space left on device", /docker system df/],
  [
    "getting stack configuration: get stack secrets manager: incorrect passphrase",
    /Nothing was changed/,
  ],
  ["no resource plugin 'pulumi-resource-docker' found in the workspace", /npm start/],
])("says what to do about: %s", (message, remedy) => {
  const [readable] = readableDiagnostics([{ severity: "error", urn: undefined, message }]);
  expect(readable?.remedy).toMatch(remedy);
});
