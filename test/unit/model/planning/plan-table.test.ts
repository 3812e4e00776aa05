import { planTable } from "../../../../model/planning/plan-table";
import { stageValues } from "../../../../model/site";
import { planWith, smallSite } from "../plans";
import { digest, image } from "../problems-of";

test("a small site", () => {
  const table = planTable(planWith({ raw: { "hive:throughPhase": "build-images" } }));
  expect(table).toMatchInlineSnapshot(`
    "hive.example, stage private: 3 cluster servers and a repository server (container fleet)

    SERVER                ROLE        ZONE    ADDRESS
    p-hive0.hive.example  cluster     zone-a  172.29.16.4
    p-hive1.hive.example  cluster     zone-b  172.29.16.5
    p-hive2.hive.example  cluster     zone-c  172.29.16.6
    p-hive3.hive.example  repository  zone-a  172.29.16.7

    SETTING           VALUE
    network           172.29.16.0/24, gateway 172.29.16.1
    service networks  a /24 each of 10.224.0.0/12, not encrypted between servers
    login             hive, port 22
    operators         whoever has the stage's generated key
    registry          registry.hive.example:5000
    swarm             heartbeat 2 s, 5 finished tasks kept
    access            auto, loopback ports from 20000

    IMAGE    BUILT FROM           PUSHED TO
    webgate  site/images/webgate  registry.hive.example:5000/webgate

    NETWORK  NAME IN THE SWARM  DRIVER   SUBNET             INTERNET
    default  hive_default       overlay  the next free one  yes

    SERVICE  IMAGE    TASKS           PORTS        NETWORKS  DEPENDS ON
    webgate  webgate  one per server  80/tcp host  default   -

    PHASES
      1. build-infra
      2. setup-hosts
      3. build-images
      (hive:throughPhase skips the 4 after it)"
  `);
});

test("values of the stage are shown with where they come from, and what they are for", () => {
  const values = stageValues({
    domain: { type: "string", description: "where users come in" },
    replicas: { type: "number", default: 2, description: "how many" },
    origins: { type: "list", default: ["a", "b"], description: "who may ask" },
  });
  const table = planTable(
    planWith({
      raw: { "hive:values": '{"domain":"www.hive.example"}' },
      site: { ...smallSite, values },
    }),
  );
  expect(table).toContain(
    [
      "VALUE     IS                COMES FROM          FOR",
      "domain    www.hive.example  hive:values         where users come in",
      "origins   a,b               the site's default  who may ask",
      "replicas  2                 the site's default  how many",
    ].join("\n"),
  );
});

test("labels of servers are shown where there are some", () => {
  const table = planTable(
    planWith({ raw: { "hive:labels": '{"hive1":{"rack":2,"disk":"ssd"}}' } }),
  );
  expect(table).toMatch(/^SERVER .*ADDRESS +LABELS$/m);
  expect(table).toMatch(/^p-hive0\.hive\.example .*172\.29\.16\.4 +-$/m);
  expect(table).toMatch(/^p-hive1\.hive\.example .*172\.29\.16\.5 +disk=ssd, rack=2$/m);
});

test("a site with everything: what is used is shown by name, and no value that may be secret", () => {
  const site = {
    ...smallSite,
    images: {
      webgate: { buildArguments: { TOKEN: "not-shown" } },
      am: { pull: { on: ["private" as const], from: `registry.example/am@${digest}` } },
    },
    networks: {
      back: { subnet: "10.96.0.0/24", internal: true, driverOptions: { key: "not-shown" } },
    },
    volumes: {
      "ldap-data": { replicated: { size: "1GiB" as const } },
      media: { nfs: { server: "nas.example", path: "/media", options: "password=not-shown" } },
    },
    secrets: { "ldap-password": { generate: {} }, token: { fromStage: true as const } },
    configs: { motd: { content: "not-shown" }, nginx: { file: "site/files/nginx.conf" } },
    services: {
      ...smallSite.services,
      ldap: {
        image,
        networks: ["back", { name: "default", aliases: ["directory"] }],
        volumes: [
          { source: "ldap-data", target: "/var/lib/ldap" },
          { source: "/srv/schema", target: "/schema", readOnly: true },
        ],
        tmpfs: [{ target: "/tmp", size: "64MiB" as const }],
        secrets: ["ldap-password", { secret: "token", target: "/etc/token" }],
        configs: [{ config: "motd", target: "/etc/motd" }, { config: "nginx" }],
        environment: { KEY: "not-shown" },
        backups: [{ name: "entries", command: ["not-shown"], restore: ["not-shown"] }],
      },
      wiki: {
        image: { build: "am" },
        dependsOn: ["ldap", "webgate"],
        ports: [{ target: 80, published: "auto" as const }],
        volumes: [{ source: "media", target: "/media" }],
      },
      clean: { image, mode: { job: { schedule: "0 3 * * *" } } },
      once: { image, mode: { job: {} } },
    },
  };
  const table = planTable(
    planWith({
      site,
      raw: { "hive:secrets": '{"token":"not-shown"}', "hive:volumes": '{"backend":"drbd"}' },
    }),
  );
  expect(table).not.toContain("not-shown");
  expect(table).toMatchInlineSnapshot(`
    "hive.example, stage private: 3 cluster servers and a repository server (container fleet)

    SERVER                ROLE        ZONE    ADDRESS
    p-hive0.hive.example  cluster     zone-a  172.29.16.4
    p-hive1.hive.example  cluster     zone-b  172.29.16.5
    p-hive2.hive.example  cluster     zone-c  172.29.16.6
    p-hive3.hive.example  repository  zone-a  172.29.16.7

    SETTING           VALUE
    network           172.29.16.0/24, gateway 172.29.16.1
    service networks  a /24 each of 10.224.0.0/12, not encrypted between servers
    login             hive, port 22
    operators         whoever has the stage's generated key
    registry          registry.hive.example:5000
    swarm             heartbeat 2 s, 5 finished tasks kept
    access            auto, loopback ports from 20000

    IMAGE    BUILT FROM                                        PUSHED TO
    am       pulled: registry.example/am@sha256:000000000000…  -
    webgate  site/images/webgate                               registry.hive.example:5000/webgate

    NETWORK  NAME IN THE SWARM  DRIVER   SUBNET             INTERNET
    back     back               overlay  10.96.0.0/24       no
    default  hive_default       overlay  the next free one  yes

    VOLUME     KIND        DRIVER  DETAILS
    ldap-data  replicated  local   1GiB ext4, drbd, minor 401457, port 26169
    media      nfs         local   -

    FILE           KIND    COMES FROM
    ldap-password  secret  generated, 32 characters, version 1
    token          secret  hive:secrets
    motd           config  written in the site
    nginx          config  site/files/nginx.conf

    SERVICE  IMAGE                                         TASKS                PORTS                 NETWORKS       DEPENDS ON
    clean    docker.io/library/nginx@sha256:000000000000…  job at 0 3 * * *     -                     default        -
    ldap     docker.io/library/nginx@sha256:000000000000…  1                    -                     back, default  -
    once     docker.io/library/nginx@sha256:000000000000…  job, at each change  -                     default        -
    webgate  webgate                                       one per server       80/tcp host           default        -
    wiki     am                                            1                    61356:80/tcp ingress  default        ldap, webgate

    SERVICE  MOUNT                       SOURCE
    ldap     /schema                     folder /srv/schema, read-only
    ldap     /tmp                        memory, 64MiB
    ldap     /var/lib/ldap               volume ldap-data
    ldap     /run/secrets/ldap-password  secret ldap-password
    ldap     /etc/token                  secret token
    ldap     /etc/motd                   config motd
    ldap     /nginx                      config nginx
    wiki     /media                      volume media

    PHASES
      1. build-infra
      2. setup-hosts
      3. build-images
      4. build-networks
      5. build-volumes
      6. deploy-services
      7. initialize-services

    NOTICES
      - The volume ldap-data needs replication with DRBD, which this version of hive does not set up: it cannot be mounted.
      - The service ldap asks for backups (entries), which this version of hive does not take."
  `);
});

test("a stage without services or images says so", () => {
  const table = planTable(planWith({ site: { name: "hive.example" } }));
  expect(table).toContain("No images are built.\n\nNo services run on this stage.");
});
