/** ITK3 recommends at most 5 MB (response code 20015). */
export const recommendedMaxBytes: number = 5 * 1024 * 1024;

/**
 * How many XML elements or JSON values are read of a message of at most so many bytes: one for every 16 bytes, 327,680
 * of 5 MB. What an element costs in time and memory does not depend on its length, and `<a/>` costs a hundred times
 * its own. Clinical entries take 35 bytes an element in XML and 24 a value in JSON where nothing is indented.
 */
export function elementsAllowed(maxBytes: number): number {
  return Math.floor(maxBytes / 16);
}

export const recommendedMaxElements: number = elementsAllowed(recommendedMaxBytes);
