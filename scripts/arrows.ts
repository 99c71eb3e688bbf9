// Which package may use which: an arrow points to one that stands above, and there is none that is not needed. A new package
// gets its row here, and docs/architecture.md says the same to people. check-arrows.ts refuses everything else.
export const arrows: Readonly<Record<string, readonly string[]>> = {
  mesh: [],
  durable: ["mesh"],
  web: ["mesh"],
  settings: ["mesh"],
  authority: ["mesh", "durable"],
  itk3: ["mesh"],
  demographics: ["mesh", "settings"],
  "mesh-server": ["mesh", "durable", "settings", "demographics"],
  "mesh-client": ["mesh", "durable"],
  practice: ["mesh", "durable", "settings", "itk3", "demographics", "mesh-client"],
  worklist: ["mesh", "web", "practice"],
  testkit: ["mesh", "authority", "demographics", "mesh-server", "mesh-client"],
  cli: [
    "mesh",
    "durable",
    "settings",
    "authority",
    "itk3",
    "demographics",
    "mesh-server",
    "mesh-client",
    "practice",
    "worklist",
  ],
};
