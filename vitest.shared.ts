/** Tests run on the sources of every package: nothing has to be built first. */
export const source = {
  resolve: { conditions: ["@plyws/source"] },
  ssr: { resolve: { conditions: ["@plyws/source"], externalConditions: ["@plyws/source"] } },
};
