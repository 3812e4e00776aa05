import type { EngineTask } from "../../model/engine-api/task";
import { reportProgress } from "../progress/progress-line";
import { isTransportError } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";
import { withAnyManager } from "../transport/manager";
import { reportLine, reportTask, reportText, type TaskReport } from "./task-report";

/** Why tasks ended: asked for as soon as one has, for its container may be gone later. */
export interface FailureReasons {
  /**
   * Says in a line of progress why a task ended, once, and once more if it is another one that
   * makes the engine turn back.
   *
   * @param settled whether the engine turns back because of it
   */
  tell(name: string, task: EngineTask | undefined, settled: boolean): Promise<void>;
  /** What an error says about a task, or about the one that made the engine turn back. */
  text(task: EngineTask | undefined): Promise<string>;
}

/** The reasons for which the tasks of one service end while it is waited for. */
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
          ? `What its tasks say could not be read: ${error.message}`
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
      const what = settled ? "the new release fails and is rolled back" : "a task has failed";
      reportProgress(`${name}: ${what}. ${line}`);
    },
    async text(task) {
      if (settledText !== undefined) return settledText;
      if (task !== undefined) return (await find(task)).text;
      return known?.text ?? "No task of it has failed so far.";
    },
  };
}
