import { plant } from '../../../dist/apps/sandbox/src/lines/plant.js';
import { byKeyBytes } from '../../../dist/apps/sandbox/src/lines/standing.js';
import { drawing } from './world.mjs';

/** The partner's side of a world, as its stand-in would show it (StandingBooks), with what was made false in it. */
export class FalseBooks {
  version = 0;
  /** Day → what isn't as the world has it. */
  changed = new Map();

  constructor(world) {
    this.world = world;
  }

  days() {
    return this.world.days;
  }

  *ofDay(iso) {
    const { world } = this;
    const day = world.days.indexOf(iso);
    const count = world.firstOf(day + 1) - world.firstOf(day);
    const changed = this.changed.get(day);
    if (!changed) {
      for (let place = 0; place < count; place += 1) yield world.lineOf(day, place);
      return;
    }
    const lines = [...changed.added];
    for (let place = 0; place < count; place += 1) lines.push(...this.standing(world.lineOf(day, place), changed));
    yield* lines.sort(byKeyBytes);
  }

  get(key) {
    const at = this.world.placeOf(key);
    if (!at) return [...this.changed.values()].flatMap(({ added }) => added.filter((line) => line.key === key));
    const line = this.world.lineOf(at.day, at.place);
    const changed = this.changed.get(at.day);
    return changed ? this.standing(line, changed) : [line];
  }

  /** Changes as the stand-ins' books know them. */
  change(changes) {
    this.version += 1;
    for (const change of changes) {
      const at = this.world.placeOf(change.do === 'add' ? change.like : change.key);
      const line = this.world.lineOf(at.day, at.place);
      const changed = this.changed.get(at.day) ?? { gone: new Set(), set: new Map(), twice: new Set(), added: [] };
      this.changed.set(at.day, changed);
      if (change.do === 'drop') changed.gone.add(change.key);
      else if (change.do === 'set') changed.set.set(change.key, change.fields);
      else if (change.do === 'double') changed.twice.add(change.key);
      else if (change.do === 'add')
        changed.added.push({ ...line, key: change.key, fields: { ...line.fields, ...change.fields } });
      else {
        changed.gone.add(change.key);
        changed.added.push({ ...line, key: change.to });
      }
    }
  }

  standing(line, { gone, set, twice }) {
    if (gone.has(line.key)) return [];
    const fields = set.get(line.key);
    const shown = fields ? { ...line, fields: { ...line.fields, ...fields } } : line;
    return twice.has(line.key) ? [shown, shown] : [shown];
  }
}

/**
 * Plants each type so many times at random places and returns what was planted. Lines that share day and number with a
 * planted one are left alone, so that every planted line has one explanation only.
 * @param {Record<string, number>} counts
 * @param {{ first: number, last: number }} days numbers of the days that it is planted in; absent: any
 */
export function falsify(books, counts, seed, days = { first: 0, last: books.days().length - 1 }) {
  const { world } = books;
  const draw = drawing(seed);
  const taken = new Set();
  const suffix = (key) => key.slice(key.indexOf('-') + 1);
  const anyLine = () => {
    const day = days.first + Math.floor(draw() * (days.last - days.first + 1));
    return world.lineOf(day, Math.floor(draw() * (world.firstOf(day + 1) - world.firstOf(day))));
  };
  const sibling = ({ key, receivedOn }) => {
    const [, , serial] = key.split('-');
    const unit = key.startsWith('H53.14') ? 'H53.15' : 'H53.14';
    const at = world.placeOf(`${unit}-${receivedOn.slice(2).replaceAll('-', '')}-${serial}`);
    return at && world.lineOf(at.day, at.place);
  };
  const planted = [];
  for (const [type, count] of Object.entries(counts)) {
    for (let found = 0, tries = 0; found < count; tries += 1) {
      if (tries > 1_000_000) throw new Error(`no more lines for ${type}`);
      const line = anyLine();
      if (taken.has(suffix(line.key))) continue;
      const other = type === 'two-under-one' ? sibling(line) : undefined;
      const lines = other ? [line, other] : [line];
      const [sown] = plant(lines, { type, count: 1, seed: seed + tries, statuses: [2, 4, 5, 6, 8, 9, 10] }, new Set());
      if (!sown) continue;
      taken.add(suffix(line.key));
      books.change(sown.changes);
      planted.push({ ...sown.planted, receivedOn: line.receivedOn });
      found += 1;
    }
  }
  return planted;
}

/** From 10 to 1,000 of each, at random. */
export function randomCounts(types, seed, most = 1_000) {
  const draw = drawing(seed);
  return Object.fromEntries(types.map((type) => [type, 10 + Math.floor(draw() * (most - 9))]));
}
