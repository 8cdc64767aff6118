import { parseSync, Visitor } from "oxc-parser";

/** One mention of another module in a source file. */
export interface Import {
  /** Null when it is computed, so that nobody can tell what it is. */
  readonly specifier: string | null;
  /** Erased before the code runs. */
  readonly typeOnly: boolean;
  readonly line: number;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly value?: unknown;
}

/** Every import, re-export, `import()`, `require()`, `import("x").Type` and triple-slash reference of a file. */
export function importsOf(file: string, text: string): Import[] {
  const { program, comments, errors } = parseSync(file, text);
  if (errors.length > 0) throw new SyntaxError(`${file}: ${errors[0]?.message}`);
  const found: Import[] = [];
  const add = (source: Node | undefined, typeOnly: boolean, at: Node): void => {
    const specifier = source?.type === "Literal" && typeof source.value === "string" ? source.value : null;
    found.push({ specifier, typeOnly, line: text.slice(0, at.start).split("\n").length });
  };
  const visitor = new Visitor({
    ImportDeclaration: (node) => add(node.source, node.importKind === "type", node),
    ExportAllDeclaration: (node) => add(node.source, node.exportKind === "type", node),
    ExportNamedDeclaration(node) {
      if (node.source !== null) add(node.source, node.exportKind === "type", node);
    },
    ImportExpression: (node) => add(node.source, false, node),
    TSImportType: (node) => add(node.source, true, node),
    TSExternalModuleReference: (node) => add(node.expression, false, node),
    CallExpression(node) {
      const { callee } = node;
      if (callee.type === "Identifier" && callee.name === "require") add(node.arguments[0], false, node);
    },
  });
  visitor.visit(program);
  for (const comment of comments) {
    const reference = /^\/\s*<reference\s+(?:types|path)="([^"]*)"/.exec(comment.value);
    if (reference !== null) add({ ...comment, type: "Literal", value: reference[1] }, true, comment);
  }
  return found;
}
