import { execFile } from "node:child_process";
import path from "node:path";

/** The clone that the tests run in. */
export const projectRoot = path.resolve(__dirname, "../../..");

/**
 * Runs a small ES module in a Node.js process of its own, with the project as its working folder:
 * the toolchain is plain ES modules, which Jest's CommonJS cannot import. The module hands its
 * answer over with `result(value)`.
 */
export function runModule<T>(code: string, env: NodeJS.ProcessEnv = process.env): Promise<T> {
  const prelude = `const result = (value) => process.stdout.write(JSON.stringify({ value }) + "\\n");\n`;
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      ["--input-type=module", "-"],
      { cwd: projectRoot, env, timeout: 60_000, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error !== null) return reject(new Error(`${error.message}\n${stderr}`));
        resolve((JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as { value: T }).value);
      },
    );
    child.stdin?.end(prelude + code);
  });
}
