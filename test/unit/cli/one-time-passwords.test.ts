import { withoutOneTimePasswords } from "../../../cli/pulumi/one-time-passwords";

const before = `# The staging stage.
config:
  hive:fleet: prepared # bare metal
  hive:oneTimePasswords:
    hive0:
      secure: v1:abc
    hive1:
      secure: v1:def

  # The network.
  hive:cidr: 10.17.16.0/24
encryptionsalt: v1:salt
`;

test("passwords that have been used go from the stage's file, and nothing else does", () => {
  expect(withoutOneTimePasswords(before)).toBe(`# The staging stage.
config:
  hive:fleet: prepared # bare metal

  # The network.
  hive:cidr: 10.17.16.0/24
encryptionsalt: v1:salt
`);
});
