/** Label with the site of a service; hive does not touch a service without it. */
export const siteLabel = "hive.site";

/**
 * Label with the cron expression of a scheduled job.
 *
 * In the Swarm such a job is a replicated job with no wanted completion (`TotalCompletions` 0), so
 * that neither creating nor changing it starts a run (Docker Engine 20.10: each change of a job
 * begins a new iteration, and runs the wanted number of tasks). A run is started by one versioned
 * update: `TotalCompletions` 1, `ForceUpdate` one higher, and {@link lastRunLabel}. The version
 * excludes two starters at the same time: the second one is refused.
 */
export const scheduleLabel = "hive.schedule";

/**
 * Label with the time, RFC 3339, for which a scheduled job was last started. The scheduler agent
 * writes it, and hive keeps it.
 */
export const lastRunLabel = "hive.schedule.last";

/**
 * Label of a job that wants no run any more (`TotalCompletions` 0), because its last one is
 * complete and its group moves to another server. Its value is the number of the iteration that
 * this change began; another number says nothing. The colocation agent writes it: the Swarm would
 * repeat a complete run when its server no longer meets the job's constraint (swarmkit,
 * `constraintenforcer`).
 */
export const endedRunLabel = "hive.job.ended";

/**
 * Label of a service that gave something up to another one before its own change or removal in the
 * same run: what, and to which service. No wanted service has it, so a service that a failed run
 * left behind differs from the wanted one.
 */
export const gaveLabel = "hive.gave";
