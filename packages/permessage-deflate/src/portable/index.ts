export { portableEngine } from "./engine.ts";
