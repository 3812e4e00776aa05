import { noteWords, stepWords } from "../../../cli/progress/step-words";

test.each([
  ["service-portal-service", "portal"],
  ["service-web-service-service", "web-service"],
  ["image-portal-build", "image portal"],
  ["image-portal-on-hosts", "image portal on the hosts"],
  ["reference-nginx-on-hosts", "image nginx on the hosts"],
  ["initialization-ldap-steps", "initial data of ldap"],
  ["volume-ldap-data-on-hosts", "volume ldap-data"],
  ["network-default-network", "network default"],
  ["files-secret-am-session-key", "secret am-session-key"],
  ["files-config-nginx", "config nginx"],
  ["external-volume-data", "volume data"],
  ["setup-hive0-firewall", "setup-hive0-firewall"],
  ["swarm-membership", "swarm-membership"],
])("%s is shown as %s", (name, words) => {
  expect(stepWords(name)).toBe(words);
});

test.each([
  [
    "starting on p-hive0.hive.example, p-hive1.my-site.example.org (0 of 3 healthy)",
    "starting on p-hive0, p-hive1 (0 of 3 healthy)",
  ],
  ["pushing, 2 of 3 layers are in the registry", "pushing, 2 of 3 layers are in the registry"],
  ["step people runs on s-hive12.hive.example.", "step people runs on s-hive12."],
])("a note has short names of servers: %s", (note, words) => {
  expect(noteWords(note)).toBe(words);
});
