export { EXIT, endOnSignal } from "./end.ts";
export { codeOf, type Program, StartError, whyNotListening } from "./start-error.ts";
