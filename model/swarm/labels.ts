/** Label that says to which site a service belongs; one without it is not ours to touch. */
export const siteLabel = "hive.site";

/**
 * Label with the cron expression of a scheduled job.
 *
 * Such a job stands in the Swarm as a replicated job with no completion wanted (`TotalCompletions`
 * 0), so that neither creating nor changing it starts a run (Engine 20.10: each change of a job
 * begins a new iteration, and runs as many tasks as are wanted then). A run is started by one
 * versioned update: `TotalCompletions` 1, `ForceUpdate` one higher, and {@link lastRunLabel}. Two
 * starters at the same time are kept apart by the version: the second one is refused.
 */
export const scheduleLabel = "hive.schedule";

/**
 * Label with the time, RFC 3339, for which a scheduled job was started last. Written by what starts
 * it, and kept.
 */
export const lastRunLabel = "hive.schedule.last";

/**
 * Label of a service that gave something to another one before its own change or removal in the
 * same run: what, and to whom. No service is to have it, so one that a failed run left like that
 * differs from what is wanted.
 */
export const gaveLabel = "hive.gave";
