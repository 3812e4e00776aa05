import { heldVolume, taskError } from "../../../../model/service/task-error";

test.each([
  [
    "error while mounting volume '': VolumeDriver.Mount: hive-shared: volume 'data' is held",
    "hive-shared: volume 'data' is held",
  ],
  [
    "starting container failed: error while mounting volume '/var/lib/data': VolumeDriver.Mount: no disk",
    "no disk",
  ],
  ["create data: VolumeDriver.Create: unknown option: size", "unknown option: size"],
  ["VolumeDriver.Mount: a: VolumeDriver.Path: b", "a: VolumeDriver.Path: b"],
  ["task: non-zero exit (1)", "task: non-zero exit (1)"],
  [
    "the plugin VolumeDriver is missing: try again",
    "the plugin VolumeDriver is missing: try again",
  ],
  ["", ""],
])("%s is shown as %s", (error, shown) => {
  expect(taskError(error)).toBe(shown);
});

const waited = ", and was not released within 30 s. Only one task at a time may write it";

test.each([
  [
    `volume 'data' is held by the task clock.1 on p-hive1.hive.example since 2026-11-23T09:00:00Z${waited}`,
    "p-hive1.hive.example",
  ],
  [
    `hive-shared: volume 'data' is held by the task a.1 and the task b.1 on p-hive1${waited}`,
    "p-hive1",
  ],
  [`volume 'data' is held by p-hive1 since 2026-11-23T09:00:00Z${waited}`, "p-hive1"],
  [`volume 'data' is held by another server${waited}`, undefined],
  ["task: non-zero exit (1)", undefined],
])("%s: the server is %s", (error, server) => {
  expect(heldVolume(error)).toEqual(server === undefined ? undefined : { volume: "data", server });
});
