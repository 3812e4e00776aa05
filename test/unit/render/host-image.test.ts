import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  daemonJsonPath,
  dockerDropInPath,
  renderDaemonJson,
  renderDockerDropIn,
} from "../../../render/daemon-json";
import { renderSudoers } from "../../../render/host-base";
import { journaldConfigPath, renderJournaldConfig } from "../../../render/journald";
import { renderSshdConfig, sshdConfigPath } from "../../../render/sshd";
import { renderSysctlConfig, sysctlConfigPath } from "../../../render/sysctl";

const files = join(__dirname, "../../../platform/images/host/files");

// Otherwise the first set-up of every server container would restart its engine, its journal and
// its sshd.
test.each([
  [daemonJsonPath, renderDaemonJson()],
  [dockerDropInPath, renderDockerDropIn()],
  [sshdConfigPath, renderSshdConfig("hive")],
  [journaldConfigPath, renderJournaldConfig()],
  [sysctlConfigPath, renderSysctlConfig()],
  ["/etc/sudoers.d/hive", renderSudoers("hive")],
])("the server image already has %s as the converge step writes it", (path, rendered) => {
  expect(readFileSync(join(files, path), "utf8")).toBe(rendered);
});
