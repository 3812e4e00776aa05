import { concepts, fieldNames, ofSwarm, together } from "../../../../model/service/concepts";
import { fromEngineSpec } from "../../../../model/service/from-engine";
import { normalizeService } from "../../../../model/service/normalize";
import { toEngineSpec } from "../../../../model/service/to-engine";
import { serviceSpec } from "../service-specs";

/** Texts that stand more than once in lists. */
function twice(lists: readonly (readonly string[])[]): readonly string[] {
  const all = lists.flat();
  return all.filter((text, position) => all.indexOf(text) !== position);
}

const spec = normalizeService(serviceSpec());
const engine = toEngineSpec(spec);

test("an attribute belongs to one concept, and so does a field of the plan", () => {
  expect(twice(concepts.map(({ schema }) => Object.keys(schema)))).toEqual([]);
  expect(
    twice(concepts.map((concept) => ("fields" in concept ? Object.keys(concept.fields) : []))),
  ).toEqual([]);
});

test("a concept writes into the Engine's specification where no other one does", () => {
  const written = ofSwarm.map(({ toEngine }) => {
    const parts = Object.entries(toEngine(spec)) as [string, object][];
    return parts.flatMap(([part, fields]) => Object.keys(fields).map((key) => `${part}.${key}`));
  });
  expect(twice(written)).toEqual([]);
});

test("a concept gives back fields that it names, and all of them that are never absent", () => {
  for (const { normalize, fromEngine } of ofSwarm) {
    for (const field of [...Object.keys(normalize(spec)), ...Object.keys(fromEngine(engine))]) {
      expect(fieldNames).toContain(field);
    }
  }
  expect(Object.keys(together(ofSwarm.map(({ normalize }) => normalize(spec)))).sort()).toEqual(
    fieldNames.filter((name) => spec[name] !== undefined).sort(),
  );
  expect(fromEngineSpec(engine)).toEqual(spec);
});
