// The page around the inspector: what is looked at is in the fragment of its address, so that it can be linked.

// Not bundled once more: the module that other pages embed is beside this one.
import { fromFragment, mountInspector, toFragment } from "./inspector.js";

const place = document.querySelector<HTMLElement>("#inspector");
if (place === null) throw new Error("The page has no place for the inspector");

let mounted = false;
const inspector = mountInspector(place, {
  ...linked(),
  onView(view) {
    // As long as nobody did anything, the address stays as it was.
    if (!mounted) return;
    const fragment = toFragment(view);
    history.replaceState(null, "", fragment === "" ? location.pathname + location.search : `#${fragment}`);
  },
});
mounted = true;

addEventListener("hashchange", () => {
  const view = linked();
  if (view !== null) inspector.show(view);
});

function linked() {
  const view = fromFragment(location.hash);
  if (view === null) return null;
  const { octets, context, frame } = view;
  return { octets, role: context.from, compression: context.compression, frame };
}
