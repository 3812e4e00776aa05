import { defineService } from "../../model/service";

/** The gate through which users come in: on every cluster server, so that any of them may be lost. */
export const webgate = defineService({
  image: { build: "webgate" },
  mode: "global",
  ports: ["80"],
  hostname: "{{.Node.Hostname}}",
  environment: { RELEASE: "1" },
});
