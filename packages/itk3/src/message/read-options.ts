export interface ReadOptions {
  /**
   * Larger messages are refused (20015), and those with more elements or JSON values than one for every 16 bytes of it.
   * 5 MB unless given, as ITK3 recommends.
   */
  maxBytes?: number;
}
