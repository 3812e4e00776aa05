/** Path of the settings. */
export const journaldConfigPath = "/etc/systemd/journald.conf.d/10-hive.conf";

/**
 * Settings of the journal: it survives a reboot and never fills the disk. Nothing is forwarded to
 * another logger on the host: log collectors read the journal.
 */
export function renderJournaldConfig(): string {
  return `# Kept by hive.
[Journal]
Storage=persistent
SystemMaxUse=500M
SystemMaxFileSize=50M
SystemKeepFree=1G
MaxRetentionSec=1month
ForwardToSyslog=no
`;
}
