import { isExpression, type Json, type Template } from '#wire';

/** Members in the order in which a template names them, and the orders within. */
interface Order {
  members: Map<string, Order>;
}

/**
 * XML's readers often insist on an order, and an item that a person edited comes back with its members sorted: the
 * template's order is the document's.
 */
export function orderOf(body: Template, item: Template | undefined): Order {
  const order: Order = { members: new Map() };
  gather(body, item, order);
  return order;
}

function gather(template: Template | undefined, item: Template | undefined, into: Order): void {
  if (template === null || typeof template !== 'object') return;
  if (Array.isArray(template)) {
    for (const one of template as readonly Template[]) gather(one, item, into);
    return;
  }
  if (isExpression(template)) {
    if (template.from === 'item' || template.from === 'items') gather(item, undefined, into);
    for (const inner of [template.give, template.then, template.else]) gather(inner, item, into);
    if (template.object) members(template.object, item, into);
    return;
  }
  members(template as Readonly<Record<string, Template>>, item, into);
}

function members(given: Readonly<Record<string, Template>>, item: Template | undefined, into: Order): void {
  for (const [name, inner] of Object.entries(given)) {
    const order = into.members.get(name) ?? { members: new Map() };
    into.members.set(name, order);
    gather(inner, item, order);
  }
}

/** Members that the template doesn't name come last, as they stand. */
export function inOrder(value: Json, order: Order): Json {
  if (Array.isArray(value)) return value.map((one: Json) => inOrder(one, order));
  if (value === null || typeof value !== 'object' || order.members.size === 0) return value;
  const given = value as Readonly<Record<string, Json | undefined>>;
  const made: Record<string, Json | undefined> = {};
  for (const [name, inner] of order.members) {
    const one = given[name];
    if (one !== undefined) made[name] = inOrder(one, inner);
  }
  for (const [name, one] of Object.entries(given)) if (!order.members.has(name)) made[name] = one;
  return made;
}
