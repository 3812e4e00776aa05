/**
 * The version of the outputs that this version of hive writes and this package reads,
 * `<major>.<minor>`. A minor version adds outputs; a major one removes or changes some, so that
 * programs that read them must be looked at.
 */
export const outputsVersion = "1.0";
