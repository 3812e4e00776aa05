import { relative, resolve } from "node:path";
import { declaringFile, defineService } from "../../../model/service";
import { am } from "../../../site/services/am";
import { portal } from "../../../site/services/portal";
import { faultsOf, image } from "./problems-of";

/** Every path is a file: also those of services that stand elsewhere. */
const look = (): "file" => "file";
const here = relative(resolve(__dirname, "../../.."), __filename);

/** The files of the problems of services, by service. */
function filesOf(services: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const pairs = faultsOf({ services }, { look }).map((text) => {
    const [, file = "", name = ""] = /^(.*?): services\.([^.]+)/.exec(text) ?? [];
    return [name, file] as const;
  });
  return Object.fromEntries(pairs);
}

describe("a problem names the file in which its service is written", () => {
  test("whatever the service is called", () => {
    // The images of the example are no part of this site.
    expect(filesOf({ login: am, portal })).toEqual({
      login: "site/services/am.ts",
      portal: "site/services/portal.ts",
    });
  });

  test("also where a file of the service's name holds another one", () => {
    expect(filesOf({ login: am, am: { image, replica: 1 } })).toMatchObject({
      am: "site/site.ts",
    });
    expect(filesOf({ am: defineService({ image, dependsOn: ["nowhere"] }) })).toEqual({
      am: here,
    });
  });

  test("a copy with changes stands where it was copied", () => {
    expect(filesOf({ am: { ...am, mode: { replicas: 1 } }, portal })).toMatchObject({
      am: "site/site.ts",
    });
  });

  test("a site without declarations goes by the names of its files", () => {
    expect(filesOf({ am: { image, replica: 1 } })).toEqual({
      am: "site/services/am.ts",
    });
  });

  test("finding it leaves traces of errors as they are", () => {
    const traces: { prepareStackTrace?: unknown } = Error;
    const before = traces.prepareStackTrace;
    defineService({ image });
    expect(traces.prepareStackTrace).toBe(before);
    expect(declaringFile({ image })).toBeUndefined();
    expect(declaringFile(undefined)).toBeUndefined();
  });
});
