import { stageValues } from "../model/site";

/** What differs between stages; `hive:values` of a stage sets it. */
export const values = stageValues({
  people: {
    type: "string",
    default: "site/data/people.ldif",
    description: "the file with the first people and groups of the directory",
  },
});
