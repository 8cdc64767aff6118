import { defineComponent, h, onMounted, ref } from "vue";
import { mountInspector } from "./inspector.ts";

/** `<FrameInspector octets="81 05 48 65 6c 6c 6f" />`: a live example in a page. It needs a browser, so it comes late. */
export const FrameInspector = defineComponent({
  props: {
    octets: { type: String, required: true },
    role: { type: String, default: "client" },
  },
  setup({ octets, role }) {
    const element = ref<HTMLElement>();
    onMounted(() => {
      if (element.value !== undefined) {
        mountInspector(element.value, { octets, role: role === "server" ? "server" : "client" });
      }
    });
    return () => h("div", { ref: element, class: "frame-inspector" }, h("pre", octets));
  },
});
