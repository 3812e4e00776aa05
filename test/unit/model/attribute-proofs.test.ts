import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import * as ts from "typescript";
import { z } from "zod";

import { serviceSchema } from "../../../model/schema/service";
import { planSite } from "../../../model/plan-site";
import { defineSite } from "../../../model/site";
import { parseStage } from "../../../model/stage/check-stage";
import { rawStage } from "./plans";

/**
 * Attributes of a service against the tests that see their effect where tasks run, marked with
 * `proves`.
 */
const root = join(__dirname, "..", "..", "..");

/**
 * What this version of hive takes up in the inventory and does not do yet; it says so whenever a
 * site is planned.
 */
const notDoneYet = ["backups", "logMonitoring"];

/** The parts of a JSON schema that are read. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

/**
 * Paths of everything that can be written down in a service, to the last field. A field with one of
 * a few values counts once for each. Where there is a short form beside a long one, the fields of
 * the long one stand for both.
 */
function attributes(schema: Schema, path: string): string[] {
  const values = schema.const === undefined ? schema.enum : [schema.const];
  if (values !== undefined) return values.map((value) => `${path}=${String(value)}`);
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    attributes(field, path === "" ? name : `${path}.${name}`),
  );
  // A list of values from a few, such as stages, is one thing.
  const items =
    schema.items === undefined || schema.items.enum !== undefined
      ? []
      : attributes(schema.items, path);
  const choices = (schema.anyOf ?? []).flatMap((choice) => attributes(choice, path));
  const inner = [...fields, ...items, ...choices].filter((found) => found !== path);
  // Beside a free value, the values that mean something of their own are values as well.
  const isFree = choices.includes(path) && inner.every((found) => found.startsWith(`${path}=`));
  return inner.length === 0 || isFree ? [path] : [...new Set(inner)];
}

const known = attributes(
  z.toJSONSchema(serviceSchema, { unrepresentable: "any", io: "input" }) as Schema,
  "",
);

/** A mark of a test. */
interface Proof {
  readonly file: string;
  readonly attribute: string;
}

/** The marks of a file: calls `proves("…", …)` whose result is called at once, as a test is. */
function proofsIn(file: string): Proof[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(root, file), "utf8"),
    ts.ScriptTarget.Latest,
  );
  const found: Proof[] = [];
  const visit = (node: ts.Node): void => {
    const mark = ts.isCallExpression(node) ? node.expression : undefined;
    if (
      mark !== undefined &&
      ts.isCallExpression(mark) &&
      ts.isIdentifier(mark.expression) &&
      mark.expression.text === "proves"
    ) {
      for (const argument of mark.arguments) {
        // Anything but a plain text could not be read here.
        expect([file, ts.isStringLiteral(argument)]).toEqual([file, true]);
        found.push({ file, attribute: (argument as ts.StringLiteral).text });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const proofs = ["test/integration", "test/e2e"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => proofsIn(join(folder, file))),
);

describe("attributes of a service", () => {
  const isNotDoneYet = (attribute: string): boolean =>
    notDoneYet.includes(attribute.split(".")[0] ?? "");

  test("are read from the schema to their last field", () => {
    expect(known).toEqual(
      expect.arrayContaining([
        ...["command", "availableOn", "ports.protocol=sctp", "update.onFailure=pause"],
        ...["mode=global", "mode.job.schedule", "resources.limits.pids", "healthcheck.retries"],
      ]),
    );
  });

  test("each have a test that sees their effect on a running container", () => {
    const proven = new Set(proofs.map(({ attribute }) => attribute));
    const missing = known.filter((attribute) => !isNotDoneYet(attribute) && !proven.has(attribute));
    expect(missing).toEqual([]);
  });

  test("are what the marks of tests name", () => {
    const unknown = proofs.filter(({ attribute }) => !known.includes(attribute));
    expect(unknown).toEqual([]);
    expect(proofs.filter(({ attribute }) => isNotDoneYet(attribute))).toEqual([]);
  });

  test("that are not done yet are told by the plan", () => {
    const site = defineSite({
      name: "hive.example",
      services: {
        ledger: {
          image: "docker.io/library/ledger:1",
          backups: [{ name: "daily", command: ["dump"], restore: ["load"] }],
          logMonitoring: { alert: ["ERROR"] },
        },
      },
    });
    const stage = parseStage("private", rawStage);
    const { notices } = planSite({ stage, site });
    expect(notices).toHaveLength(notDoneYet.length);
    expect(notices.join("\n")).toMatch(/backups \(daily\)[^]*log to be monitored/);
  });
});
