import type { EngineTask } from "../../model/engine-api/task";
import { reportProgress } from "../progress/progress-line";
import { isTransportError } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";
import { withAnyManager } from "../transport/manager";
import { reportLine, reportTask, reportText, type TaskReport } from "./task-report";

/** Reasons why tasks ended. They are fetched at once, because the container may be gone later. */
export interface FailureReasons {
  /**
   * Reports in a progress line why a task ended: once, and again if another task makes the Docker
   * Engine roll back.
   *
   * @param settled whether the Docker Engine rolls back because of it
   */
  tell(name: string, task: EngineTask | undefined, settled: boolean): Promise<void>;
  /** The text for an error about a task, or about the one that made the Docker Engine roll back. */
  text(task: EngineTask | undefined): Promise<string>;
}

/** The reasons why tasks of one service end while hive waits for it. */
export function failureReasons(managers: readonly HostAccess[]): FailureReasons {
  let known: { readonly task: string; readonly text: string; readonly line: string } | undefined;
  let told = false;
  let settledText: string | undefined;
  const find = async (task: EngineTask): Promise<{ text: string; line: string }> => {
    if (known?.task === task.ID) return known;
    const found = await withAnyManager(managers, (docker) => reportTask(docker, task, managers), {
      deadlineSeconds: 20,
    }).then(
      (report: TaskReport) => ({ text: reportText(report), line: reportLine(report) }),
      (error: unknown) => {
        const text = isTransportError(error)
          ? `The output of its tasks could not be read: ${error.message}`
          : "";
        return { text, line: text };
      },
    );
    known = { task: task.ID, ...found };
    return found;
  };
  return {
    async tell(name, task, settled) {
      if (task === undefined || settledText !== undefined || (told && !settled)) return;
      told = true;
      const { text, line } = await find(task);
      if (settled) settledText = text;
      const what = settled ? "the new release failed and is being rolled back" : "a task failed";
      reportProgress(`${name}: ${what}. ${line}`);
    },
    async text(task) {
      if (settledText !== undefined) return settledText;
      if (task !== undefined) return (await find(task)).text;
      return known?.text ?? "None of its tasks has failed so far.";
    },
  };
}
