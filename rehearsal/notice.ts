/** What a person must know who watches a rehearsal; whatever reports on one prints it. */
export const rehearsalNotice: readonly string[] = [
  "This is a rehearsal with an emulated cloud: AWS is not asked, and nothing there changes.",
  "The AWS provider is the real one. In the place of AWS answers moto, an emulator, with hive's",
  "patches; instances are containers of this computer, with real cloud-init, disks and firewalls.",
  "It cannot show: speed and prices of AWS, its quotas beyond addresses and VPCs, permissions of",
  "roles, kernels and DRBD modules, and failures of AWS itself.",
];
