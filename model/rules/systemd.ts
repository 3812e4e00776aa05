import type { Problem } from "../problem/problems";
import { servicePath } from "../schema/check-site";
import { forEachService } from "./rule";

/** A service whose process 1 is systemd has no setting that prevents this. */
export const systemdProblems = forEachService(({ name, service, plan }): readonly Problem[] => {
  if (!plan.standalone) return [];
  return [
    ...(service.init === true
      ? [
          {
            path: servicePath(name, ["init"]),
            value: "true",
            message: "makes a small init process 1, but systemd works only as process 1",
            remedy: "remove it: systemd reaps orphaned processes itself",
          },
        ]
      : []),
    ...(service.user === undefined || /^(root|0)(:(root|0))?$/.test(service.user)
      ? []
      : [
          {
            path: servicePath(name, ["user"]),
            value: `"${service.user}"`,
            message: "systemd as process 1 runs as root",
            remedy: "remove it, and write User= into the units inside the image",
          },
        ]),
    ...(service.capabilities?.drop?.some((capability) =>
      /^(CAP_)?SYS_ADMIN$|^ALL$/i.test(capability),
    ) === true
      ? [
          {
            path: servicePath(name, ["capabilities", "drop"]),
            message:
              "drops SYS_ADMIN, without which systemd cannot mount the file systems of its units",
            remedy: "drop less, or write standalone: false",
          },
        ]
      : []),
  ];
});
