/**
 * Does the work of each, so many at once. What is at work is waited for, also where one has failed or said "enough"; nothing is begun
 * after that.
 * @throws what the first of them failed with
 */
export async function inLanes<Item>(
  lanes: number,
  items: IterableIterator<Item>,
  work: (item: Item) => Promise<void | "enough">,
): Promise<void> {
  let isOver = false;
  const lane = async (): Promise<void> => {
    try {
      for (const item of items) {
        // A generator would end with the lane that failed; an array's iterator goes on.
        if (isOver) return;
        isOver = (await work(item)) === "enough" || isOver;
      }
    } catch (error) {
      isOver = true;
      throw error;
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: lanes }, lane));
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
