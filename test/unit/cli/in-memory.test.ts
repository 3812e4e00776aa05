import { readDirection } from "../../../cli/copy/copy-argument";
import { hiddenFromCopy } from "../../../cli/copy/in-memory";
import { runningTasks } from "../../../cli/tasks/running-tasks";

const service = {
  ID: "s",
  Spec: { Name: "notes", Mode: {}, TaskTemplate: { ContainerSpec: { Image: "notes" } } },
};
const [task] = runningTasks(
  {
    nodes: [
      {
        ID: "n",
        Description: { Hostname: "hive0" },
        Spec: { Role: "manager", Availability: "active" },
        Status: { State: "ready" },
      },
    ],
    services: [service],
    configs: [],
    tasks: [
      {
        ID: "t",
        ServiceID: "s",
        NodeID: "n",
        DesiredState: "running",
        Status: { State: "running", ContainerStatus: { ContainerID: "c" } },
        Spec: {
          ContainerSpec: {
            Image: "notes",
            Secrets: [{ File: { Name: "token" } }, { File: { Name: "/etc/key" } }],
            Configs: [{ File: { Name: "/etc/notes.conf" } }],
            Mounts: [
              { Type: "tmpfs", Target: "/tmp" },
              { Type: "volume", Target: "/data" },
            ],
          },
        },
      },
    ],
  },
  service,
);
if (task === undefined) throw new Error("no task");
const hidden = (source: string, destination: string): readonly string[] =>
  hiddenFromCopy(readDirection(source, destination), task);

test.each([
  "/run/secrets/token",
  "/etc/key",
  "/etc/notes.conf",
  "/tmp",
  "/tmp/a/b",
  "/proc/meminfo",
])("%s is not copied as an empty file", (path) => {
  expect(() => hidden(`notes:${path}`, "here")).toThrow(
    `Nothing was copied. Try \`npx hive exec notes -- cat ${path} > FILE\``,
  );
  expect(() => hidden("here", `notes:${path}`)).toThrow(/exec notes -- sh -c 'cat > .*' < FILE/);
});

test("a folder is copied, and what is missing in it is told", () => {
  expect(hidden("notes:/etc/", "here")).toEqual(["/etc/key", "/etc/notes.conf"]);
  expect(hidden("notes:/data", "here")).toEqual([]);
  expect(hidden("here", "notes:/etc")).toEqual([]);
  expect(hidden("notes:/etc/keys", "here")).toEqual([]);
});
