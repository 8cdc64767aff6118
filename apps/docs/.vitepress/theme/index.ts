// Without the fonts of the default theme: those of the machine will do, and the pages are lighter.

import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import { FrameInspector } from "./frame-inspector.ts";
// oxlint-disable-next-line import/no-unassigned-import
import "./style.css";

const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => void app.component("FrameInspector", FrameInspector),
};
export default theme;
