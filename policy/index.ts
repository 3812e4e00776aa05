import { PolicyPack } from "@pulumi/policy";
import { policyOf } from "./pack";
import { rules } from "./rules/all";

/** The pack: `npm run pulumi -- preview --stack <stage> --policy-pack policy`. */
new PolicyPack("hive", { policies: rules.map(policyOf) });
