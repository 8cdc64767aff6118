import { defineComponent, h, onMounted, ref } from "vue";

/**
 * `<FrameInspector octets="81 05 48 65 6c 6c 6f" />`: a live example in a page. It needs a browser, so it comes late.
 * `role` is that of whoever receives the octets; `whole` is for files and examples, too.
 */
export const FrameInspector = defineComponent({
  props: {
    octets: { type: String, required: true },
    role: { type: String, default: "client" },
    whole: { type: Boolean, default: false },
  },
  setup({ octets, role, whole }) {
    const element = ref<HTMLElement>();
    onMounted(async () => {
      const { mountInspector } = await import("@plyws/inspector");
      if (element.value === undefined) return;
      element.value.replaceChildren();
      mountInspector(element.value, { octets, role: role === "server" ? "client" : "server", small: !whole });
    });
    return () => h("div", { ref: element, class: "frame-inspector" }, h("pre", octets));
  },
});
