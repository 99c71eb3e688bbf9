/** What belongs to the state of a server and does not lie in its store: it is saved and put back with it. */
export interface SnapshotPart {
  /** JSON, as of now. */
  save(): unknown;
  /** Changes nothing. Absent: whatever was saved can be put back. @throws {ControlError} this server cannot have it */
  check?(value: unknown): void;
  /**
   * Puts it in the place of what there is, and on disk if it is to outlive the server. The same value may come twice.
   * @param value undefined: the snapshot is from before there was such a part
   */
  load(value: unknown): void | Promise<void>;
}

export type SnapshotParts = Readonly<Record<string, SnapshotPart>>;
