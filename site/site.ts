import { defineSite } from "../model/site";
import { webgate } from "./services/webgate";

/** The inventory: what runs on all stages. What differs between stages stands in `Pulumi.<stage>.yaml`. */
export const site = defineSite({
  name: "hive.example",
  images: { webgate: {} },
  services: { webgate },
});
