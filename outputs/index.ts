/** `@hive/outputs`: what other teams' programs use of a hive stack. */
export { checkOutputs, HiveOutputsError, readHive, serviceOf } from "./read";
export {
  hiveOutputs,
  type HiveOutputs,
  type HostOutput,
  type ImageOutput,
  type ServiceOutput,
} from "./schema";
export { outputsVersion } from "./version";
