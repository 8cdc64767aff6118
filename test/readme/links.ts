/** The targets of all links and pictures in a Markdown text that lead to files of the repository. */
export function localLinks(markdown: string): string[] {
  return Array.from(withoutCode(markdown).matchAll(/\]\(([^()\s]+)\)/g), ([, target = ""]) => target).filter(
    (target) => !/^[a-z]+:/.test(target),
  );
}

/** The places of a Markdown text that can be linked to, as sites that host repositories name them. */
export function anchorsOf(markdown: string): Set<string> {
  const headings = Array.from(withoutCode(markdown).matchAll(/^#+ (.*)$/gm), ([, heading = ""]) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

const withoutCode = (markdown: string): string => markdown.replaceAll(/^ *```[^]*?^ *```$/gm, "");
