export { zlibEngine } from "./engine.ts";
