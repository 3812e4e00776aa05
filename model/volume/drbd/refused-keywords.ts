/** Options of DRBD that hive never sets, each with its reason. */
export const refusedKeywords: Readonly<Record<string, string>> = {
  "allow-two-primaries": "two servers could mount one file system, which destroys it",
  "allow-remote-read": "a server without a whole copy would serve reads over the network",
  "always-asbp": "nobody but a person may decide whose writes are lost",
  "al-updates": "after a crash the whole disk would have to be compared",
  bitmap: "each server that holds a copy needs one",
  "disk-barrier": "the kernel no longer has what it needs",
  "disk-drain": "writes that were acknowledged would be lost with the power",
  "disk-timeout": "a slow disk could crash the server",
  "data-integrity-alg":
    "it reports buffers that a program changes while they are written as faults",
  fencing: "the majority decides instead",
  "on-congestion": "the copies would differ whenever the network is slow",
  "quorum-minimum-redundancy": "one lost server could stop all writes",
  "read-balancing": "reads from another server are slower than the own disk",
  "resync-after": "the order of resyncs would depend on another volume",
  "resync-rate": "c-plan-ahead, c-min-rate and c-max-rate decide it",
  "shared-secret": "hive draws one for each volume",
  "socket-check-timeout": "a busy server would count as lost",
};
