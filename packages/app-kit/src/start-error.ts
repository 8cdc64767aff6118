/** The server cannot start; the message is for the person who started it. */
export class StartError extends Error {
  override readonly name = "StartError";
}

/** The code of an error of the system, such as "EADDRINUSE"; "" for every other error. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** How people start a program, and the port that it has by default. */
export interface Program {
  readonly command: string;
  readonly port: number;
}

/** Says in words why it is not possible to listen there. */
export function whyNotListening(error: Error, host: string, port: number, program: Program): StartError {
  const another = `${program.command} -- --port ${port < 65_535 ? port + 1 : port - 1}`;
  switch (codeOf(error)) {
    case "EADDRINUSE":
      return new StartError(
        `Port ${port} on ${host} is already in use. Stop the other program or choose another port: ${another}`,
      );
    case "EACCES":
      return new StartError(
        `Port ${port} is for programs with more rights. Choose one above 1023: ${program.command} -- --port ${program.port}`,
      );
    case "EADDRNOTAVAIL":
      return new StartError(`${host} is not an address of this machine. Choose another with --host.`);
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new StartError(`The name ${host} has no address. Choose another with --host.`);
    default:
      return new StartError(`Cannot listen on port ${port} of ${host}: ${error.message}`);
  }
}
