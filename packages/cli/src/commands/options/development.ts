// Options of a server for development, and of control, which may be had wherever a folder is marked for development.
import { several, text, wholeNumber } from "../../command-line/kinds.ts";
import { flag, type Kind, type Option, optional } from "../../command-line/option.ts";
import { DEFAULT_PORT_BASE } from "../../defaults.ts";

const HIGHEST_PORT = 65_535;
const port = wholeNumber({ to: HIGHEST_PORT });
const file = text("a file", "file");

/** A port, or the word for a socket in the data folder. */
const controlAt: Kind<number | "socket"> = {
  wanted: `a port from 0 to ${HIGHEST_PORT}, or the word socket`,
  isNumber: false,
  read: (typed) => (typed === "socket" ? typed : port.read(typed)),
};

// Of control.

const control: Option<number | "socket" | undefined> = optional("control", controlAt, {
  value: "PORT",
  about:
    "listen there for restante control (faults, clock, snapshots, waiting for a message); on this machine alone unless --host says otherwise",
  otherwise: "off",
  note: "socket: a socket in the data folder",
});

const controlTokenFile: Option<string | undefined> = optional("control-token-file", file, {
  value: "FILE",
  about: "the token of control and admin, made for its owner alone if it is not there",
  otherwise: "control-token in the data folder",
});

const allowHost: Option<readonly string[] | undefined> = optional(
  "allow-host",
  several("a name", /^[A-Za-z0-9._:-]{1,253}$/),
  {
    value: "NAME",
    about:
      "a name by which it is called besides localhost, such as that of a container: control and admin take it, and the certificate of --tls has it",
    note: "several with commas between",
  },
);

export const controlOptions: {
  readonly control: typeof control;
  readonly controlTokenFile: typeof controlTokenFile;
  readonly allowHost: typeof allowHost;
} = { control, controlTokenFile, allowHost };

// Of --dev.

const dev: Option<boolean> = flag(
  "dev",
  "for development, in the place of mesh-sandbox: plain HTTP, its known mailboxes, its admin paths, no settings needed",
);

const host: Option<string | undefined> = optional("host", text("an address"), {
  value: "HOST",
  about: "of --dev: where to listen",
  otherwise: "127.0.0.1",
  note: "0.0.0.0 in a container",
});

const ownPort: Option<number | undefined> = optional("port", port, {
  value: "N",
  about: "of --dev: the port of plain HTTP",
  otherwise: String(DEFAULT_PORT_BASE),
  note: "0: any free one",
});

const tls: Option<boolean> = flag(
  "tls",
  "of --dev: listen for HTTPS with client certificates too, and say what clients need for it",
);

const tlsPort: Option<number | undefined> = optional("tls-port", port, {
  value: "N",
  about: "of --dev: the port of HTTPS",
  otherwise: "one above --port",
});

const mailboxes: Option<string | undefined> = optional("mailboxes", file, {
  value: "FILE",
  about: "of --dev: the mailboxes there are, as in mesh-sandbox's mailboxes.jsonl",
  otherwise: "X26ABC1, X26ABC2 and X26ABC3, with the password password",
});

const workflows: Option<string | undefined> = optional("workflows", file, {
  value: "FILE",
  about: "of --dev: the workflows that lookups know, as in mesh-sandbox's workflows.jsonl",
  otherwise: "TEST_WORKFLOW, TEST_WORKFLOW_ACK and TEST_WORKFLOW2",
});

const enforceWorkflows: Option<boolean> = flag(
  "enforce-workflows",
  "of --dev: refuse workflows and mailboxes that these do not name, as MESH does; without it any may be sent to anybody",
);

const sharedKey: Option<string | undefined> = optional("shared-key", text("a key"), {
  value: "KEY",
  about: "of --dev: the shared key of all tokens, for tests only: never one that is a secret",
  otherwise: "TestKey",
});

const openAdmin: Option<boolean> = flag(
  "open-admin",
  "of --dev: ask nobody for the token at the admin paths, also beyond this machine: whoever reaches the port can wipe it",
);

export const developmentOptions: {
  readonly dev: typeof dev;
  readonly host: typeof host;
  readonly port: typeof ownPort;
  readonly tls: typeof tls;
  readonly tlsPort: typeof tlsPort;
  readonly mailboxes: typeof mailboxes;
  readonly workflows: typeof workflows;
  readonly enforceWorkflows: typeof enforceWorkflows;
  readonly sharedKey: typeof sharedKey;
  readonly openAdmin: typeof openAdmin;
} = { dev, host, port: ownPort, tls, tlsPort, mailboxes, workflows, enforceWorkflows, sharedKey, openAdmin };
