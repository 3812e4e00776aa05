import { drbdOptions } from "../../../../model/volume/drbd/options";
import { drbdResourceFile } from "../../../../render/drbd/resource-file";
import { sampleResource } from "../../../drbd/sample-resource";

test("a resource file, as it is on all servers", () => {
  expect(drbdResourceFile(sampleResource)).toMatchSnapshot();
});

test("the order in which servers are named does not matter", () => {
  const replicas = [...sampleResource.replicas].reverse();
  expect(drbdResourceFile({ ...sampleResource, replicas })).toBe(drbdResourceFile(sampleResource));
});

test("what a stage sets is in it", () => {
  const options = drbdOptions({ "ping-int": 2 });
  expect(drbdResourceFile({ ...sampleResource, options })).toContain("    ping-int 2;\n");
});

test.each(['a"b', "a b", "a\nb", "", "a{", "a;"])(
  "a text that would end its quotation is refused: %j",
  (secret) => {
    expect(() => drbdResourceFile({ ...sampleResource, secret })).toThrow(/a character that DRBD/);
  },
);

test("the error does not show the secret", () => {
  expect(() => drbdResourceFile({ ...sampleResource, secret: 'planted"' })).not.toThrow(/planted/);
});
