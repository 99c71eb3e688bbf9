/** 1: GP Connect Messaging 1.x. 2: Send Document 2.x. */
export type Generation = 1 | 2;
