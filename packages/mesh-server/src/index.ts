export const room = "mesh-server";
