import type { EngineTask } from "../../model/service-progress";
import { reportProgress } from "../progress-line";
import { isTransportError } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";
import { withAnyManager } from "../transport/manager";
import { reportLine, reportTask, reportText, type TaskReport } from "./task-report";

/** Why tasks ended: asked for as soon as one has, for its container may be gone later. */
export class FailureReasons {
  /** Of the task that made the engine turn back, or of the newest one that failed. */
  private known: { readonly task: string; readonly text: string } | undefined;
  private toldOf: string | undefined;
  private isSettled = false;

  constructor(private readonly managers: readonly HostAccess[]) {}

  /**
   * Says in a line of progress why a task ended, once, and once more if it is another one that makes the engine turn back.
   *
   * @param settled whether the engine turns back because of it
   */
  async tell(name: string, task: EngineTask | undefined, settled: boolean): Promise<void> {
    if (task === undefined || this.isSettled || (!settled && this.toldOf !== undefined)) return;
    this.isSettled = settled;
    if (this.toldOf === task.ID && !settled) return;
    this.toldOf = task.ID;
    const what = settled ? "the new release fails and is rolled back" : "a task has failed";
    const line = await this.find(task, reportLine);
    reportProgress(`${name}: ${what}. ${line}`);
  }

  /** What an error says about a task, or about the one that made the engine turn back. */
  async text(task: EngineTask | undefined): Promise<string> {
    const settled = this.isSettled ? this.known?.text : undefined;
    if (settled !== undefined) return settled;
    if (task === undefined) return this.known?.text ?? "No task of it has failed so far.";
    if (this.known?.task !== task.ID) await this.find(task, () => "");
    return this.known?.text ?? "";
  }

  private async find(task: EngineTask, lineOf: (report: TaskReport) => string): Promise<string> {
    try {
      const report = await withAnyManager(
        this.managers,
        (docker) => reportTask(docker, task, this.managers),
        { deadlineSeconds: 20 },
      );
      this.known = { task: task.ID, text: reportText(report) };
      return lineOf(report);
    } catch (error) {
      const text = isTransportError(error)
        ? `What its tasks say could not be read: ${error.message}`
        : "";
      this.known ??= { task: task.ID, text };
      return text;
    }
  }
}
