// The program that engine.test.ts runs. Its settings are a file, so that it can change between runs.
const { readFileSync } = require("node:fs");
const { local, remote } = require("@pulumi/command");
const pulumi = require("@pulumi/pulumi");

const settings = JSON.parse(readFileSync(process.env.HIVE_TEST_SETTINGS, "utf8"));

const written = new remote.Command("written", {
  connection: settings.connection,
  create: `cat > /tmp/engine-file && echo "written ${settings.content}"`,
  delete: "rm /tmp/engine-file",
  stdin: pulumi.secret(settings.stdin),
  addPreviousOutputInEnv: false,
});
const copied = new remote.CopyToRemote(
  "copied",
  {
    connection: settings.connection,
    source: new pulumi.asset.StringAsset(settings.content),
    remotePath: "/tmp/engine-copy",
  },
  { dependsOn: written },
);
const counted = new remote.Command(
  "counted",
  {
    connection: settings.connection,
    create: "cat /tmp/engine-file /tmp/engine-copy | wc -c",
    triggers: [written.stdout],
  },
  { dependsOn: copied },
);
const here = new local.Command("here", { create: "echo here", environment: { A: counted.stdout } });

module.exports = { written: written.stdout, counted: counted.stdout, here: here.stdout };
