import { drbdOptions } from "../../model/volume/drbd/options";
import type { ResourceFile } from "../../render/drbd/resource-file";

/** A volume with three copies, as on a stage of AWS. */
export const sampleResource: ResourceFile = {
  name: "ldap-data",
  minor: 1234,
  port: 7234,
  secret: "0123456789abcdefABCDEF",
  options: drbdOptions(),
  replicas: [0, 1, 2].map((index) => ({
    name: `s-hive${index}.hive.example`,
    nodeId: index,
    address: `10.17.16.${4 + index}`,
    disk: `/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef${index}`,
  })),
};
