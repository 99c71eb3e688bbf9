/** Where `restante up` keeps its data unless told otherwise: below the folder it is started in. */
export const DEFAULT_DATA = "./restante-data";

/** The MESH server's port unless told otherwise. */
export const DEFAULT_PORT_BASE = 8700;
