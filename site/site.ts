import { defineSite } from "../model/site";
import { am } from "./services/am";
import { ldap } from "./services/ldap";
import { portal } from "./services/portal";
import { values } from "./values";

/**
 * The inventory: what runs on all stages. Differences between stages stand in
 * `Pulumi.<stage>.yaml`. The services are the worked example: docs/worked-example.md follows a
 * request through them.
 */
export const site = defineSite({
  name: "hive.example",
  values,
  images: { am: {}, ldap: {}, portal: {} },
  /** Who is on a network can ask all others there: only the gate reaches the portal. */
  networks: {
    /** The gate, and what it leads to. */
    portal: {},
    /** The gate, and who it asks. */
    login: {},
    /** am and the directory. */
    directory: {},
  },
  volumes: { "ldap-data": { replicated: { size: "1GiB" } } },
  secrets: {
    /** Password of the directory's administrator. */
    "ldap-admin-password": { generate: { length: 32 } },
    /** Key of the session cookies. Another version of it logs everybody out. */
    "am-session-key": { generate: { length: 64 } },
  },
  services: { am, ldap, portal },
  /** The web server on every cluster server. It admits users who have logged in at am. */
  gate: { login: "am" },
});
