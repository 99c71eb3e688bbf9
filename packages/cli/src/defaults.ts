/** Where `restante up` keeps its data unless told otherwise: below the folder it is started in. */
export const DEFAULT_DATA = "./restante-data";

/** The MESH server's port unless told otherwise. */
export const DEFAULT_PORT_BASE = 8700;

/** Who answers a message unless told otherwise: the practice of the sample economy (examples/organisations.json). */
export const SAMPLE_RESPONDER: { readonly mailboxId: string; readonly odsCode: string } = {
  mailboxId: "Y99002OT001",
  odsCode: "Y99002",
};
