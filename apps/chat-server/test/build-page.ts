import { buildPage } from "../scripts/build-page.mjs";

/** The tests open the page as it is now, whether the application was built or not. */
export default async function setup(): Promise<void> {
  await buildPage();
}
