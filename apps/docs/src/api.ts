import { rmSync } from "node:fs";
import { join } from "node:path";
import { Application, type ProjectReflection, ReflectionKind, type TypeDocOptions } from "typedoc";
import type { PluginOptions } from "typedoc-plugin-markdown";
import { type Entry, pageOf, site } from "./packages.ts";

/** Writes the reference of everything that can be imported from the packages: one page for each entry, in `api`. */
export async function writeApi(entries: readonly Entry[]): Promise<void> {
  const folder = join(site, "api");
  rmSync(folder, { recursive: true, force: true });
  const options: Partial<TypeDocOptions & PluginOptions> = {
    entryPoints: entries.map(({ source }) => source),
    tsconfig: join(site, "tsconfig.api.json"),
    // The compiler that the repository uses checks the sources.
    skipErrorChecking: true,
    plugin: ["typedoc-plugin-markdown"],
    outputs: [{ name: "markdown", path: folder }],
    readme: "none",
    disableSources: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeProtected: true,
    excludeExternals: true,
    logLevel: "Warn",
    outputFileStrategy: "modules",
    entryFileName: "modules",
    hideBreadcrumbs: true,
    hidePageHeader: true,
    groupOrder: ["Functions", "Classes", "Interfaces", "Type Aliases", "Variables", "*"],
    // The numbers that links have where a name comes twice are not always those of the headings.
    useHTMLAnchors: true,
    useCodeBlocks: true,
    parametersFormat: "table",
    interfacePropertiesFormat: "table",
    typeDeclarationFormat: "table",
    pageTitleTemplates: {
      module: ({ name }) => entries.find((entry) => pageOf(entry.name) === name)?.name ?? name,
    },
  };
  const application = await Application.bootstrapWithPlugins(options);
  const project = await application.convert();
  if (project === undefined) throw new Error("typedoc could not read the sources");
  nameModules(project, entries);
  await application.generateOutputs(project);
  if (application.logger.hasErrors() || application.logger.hasWarnings()) {
    throw new Error("typedoc has complained about the sources: see above");
  }
  rmSync(join(folder, "modules.md"));
}

/** Modules have the names of their folders. They get those of their pages. */
function nameModules(project: ProjectReflection, entries: readonly Entry[]): void {
  for (const module of project.getChildrenByKind(ReflectionKind.Module)) {
    const entry = entries.find(({ source }) =>
      source.replaceAll("\\", "/").endsWith(`/${module.name}/index.ts`),
    );
    if (entry === undefined) throw new Error(`no entry of a package is the module ${module.name}`);
    module.name = pageOf(entry.name);
  }
}
