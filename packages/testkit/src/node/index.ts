export { collectGarbage } from "./garbage.ts";
export { findProgram, findPythonWith } from "./programs.ts";
export { type Tool, tool } from "./tool.ts";
