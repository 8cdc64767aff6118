export { collectGarbage } from "./garbage.ts";
export { createPng } from "./png.ts";
export { type Outcome, Program } from "./program.ts";
export { findProgram, findPythonWith } from "./programs.ts";
export { type Tool, tool } from "./tool.ts";
