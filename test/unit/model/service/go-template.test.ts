import fc from "fast-check";
import { templateFault } from "../../../../model/service/go-template";

const faultOf = (text: string, place: "service" | "config" = "service"): string | undefined =>
  templateFault(text, place)?.message;

test.each([
  "plain text, even with } and { and }}",
  "{{.Node.Hostname}}-{{ .Task.Slot }}",
  "{{- .Service.Name -}}",
  "{{.Node.Platform.OS}}/{{.Node.Platform.Architecture}}",
  "{{$.Task.ID}}",
  '{{index .Service.Labels "com.example.tier"}}',
  "{{range $k, $v := .Service.Labels}}{{$k}}={{$v}},{{end}}",
  "{{range .Service.Labels}}{{.Anything}}{{end}}",
  '{{if eq .Node.Hostname "p-hive0"}}a{{else if true}}b{{else}}c{{end}}',
  '{{join "-" .Service.Name .Task.Slot}}',
  '{{printf "%s }} {{" .Task.Name}}',
  '{{"{{"}} is text',
  "{{/* nothing {{ }} */}}",
])("the Swarm takes %s", (text) => {
  expect(templateFault(text, "service")).toBeUndefined();
});

test.each([
  ["{{.Node.Hostname", "has {{ without }}"],
  ["a {{}} b", "nothing in it"],
  ["{{.Node.Name}}", "there is no field 'Name' there"],
  ["{{.node.Hostname}}", "there is no field 'node' there"],
  ["{{.Task.Slot.Number}}", "there is no field 'Number' there"],
  ["{{.Service.Labels.tier}}", "it tries the template without any labels"],
  ["{{ HOME }}", "no function 'HOME'"],
  ['{{env "HOME"}}', "no function 'env'"],
  ['{{secret "password"}}', "no function 'secret'"],
  ["{{if .Node.ID}}x", "{{if}} has no {{end}}"],
  ["x{{end}}", "{{end}} ends no block"],
])("the Swarm refuses %s", (text, message) => {
  expect(faultOf(text)).toContain(message);
});

test("a config may read secrets, configs and variables too", () => {
  const text = '{{secret "password"}} {{config "/a"}} {{env "HOME"}} {{.Node.ID}}';
  expect(faultOf(text, "config")).toBeUndefined();
  expect(faultOf("{{.Nothing}}", "config")).toContain("no field 'Nothing'");
});

test("a field that there is not is told with what there is", () => {
  expect(templateFault("{{.Node.Name}}", "service")?.remedy).toBe(
    "write one of {{.Node.ID}}, {{.Node.Hostname}}, {{.Node.Platform}}; " +
      'for two braces that are text write {{"{{"}}',
  );
  expect(templateFault("{{.Service.Labels.tier}}", "service")?.remedy).toBe(
    'write {{index .Service.Labels "tier"}}',
  );
});

test("text without two braces is never a fault, and whatever stands there has an answer", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const answer = templateFault(text, "service");
      if (!text.includes("{{")) expect(answer).toBeUndefined();
    }),
  );
  const pieces = fc.constantFrom(
    "{{",
    "}}",
    ".Node",
    ".ID",
    '"',
    "`",
    "end",
    "if",
    " ",
    "-",
    "/*",
    "*/",
    "x",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const fault = templateFault(parts.join(""), "config");
      if (fault !== undefined) expect(fault.remedy).not.toBe("");
    }),
    { numRuns: 1000 },
  );
});
