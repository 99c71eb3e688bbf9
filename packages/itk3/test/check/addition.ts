import type { messageOf, Resource } from "@restante/itk3";

export type Message = NonNullable<ReturnType<typeof messageOf>>;

/** What is done to a message, and how. A message without what is to be changed is left as it is. */
export type Addition = readonly [what: string, change: (message: Message) => void];

export type Held<T extends Resource["resourceType"]> = Extract<Resource, { resourceType: T }>;

/** Finds a resource of the document. */
export function first<T extends Resource["resourceType"]>(
  message: Message,
  type: T,
  holds: (resource: Held<T>) => boolean = () => true,
): Held<T> | undefined {
  return (message.document?.entry ?? [])
    .flatMap(({ resource }) => resource ?? [])
    .filter((resource): resource is Held<T> => resource.resourceType === type)
    .find(holds);
}

/** Gives what is found more elements, or other ones. */
export function adding(what: string, target: (message: Message) => object | undefined, added: object): Addition {
  return [`${what} with ${Object.keys(added).join()}`, (message) => void Object.assign(target(message) ?? {}, added)];
}

/** A change and the id of the rule that it breaks, or comes near. */
export type Case = readonly [id: string, what: string, change: Addition[1]];
