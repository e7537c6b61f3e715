import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK = 4 << 20;

/** Lines of a sorted NDJSON file as slices of one buffer: valid until the next is asked for. */
class Lines {
  buffer = Buffer.allocUnsafe(CHUNK);
  at = 0;
  end = 0;

  constructor(path) {
    this.file = openSync(path, 'r');
    this.next();
  }

  next() {
    let stop = this.buffer.subarray(0, this.end).indexOf(10, this.at);
    if (stop < 0) {
      this.buffer.copy(this.buffer, 0, this.at, this.end);
      this.end -= this.at;
      this.at = 0;
      this.end += readSync(this.file, this.buffer, this.end, this.buffer.length - this.end, null);
      stop = this.buffer.subarray(0, this.end).indexOf(10);
    }
    this.line = stop < 0 ? undefined : this.buffer.subarray(this.at, stop);
    this.at = stop + 1;
  }
}

/** Order of both files: day of receipt, then key. */
const orderOf = (line) => {
  const { key, receivedOn } = JSON.parse(line.toString('utf8'));
  return `${receivedOn} ${key}`;
};

/**
 * What a programmer would write who had both books as sorted files: equal lines are passed over as bytes, others are parsed.
 * Returns the keys that only one side has, and those that differ.
 */
export function mergeJoin(ourFile, theirFile) {
  const [ours, theirs] = [new Lines(ourFile), new Lines(theirFile)];
  const found = { onlyOurs: [], onlyTheirs: [], differ: [], lines: 0 };
  while (ours.line || theirs.line) {
    found.lines += 1;
    if (ours.line && theirs.line && ours.line.equals(theirs.line)) {
      ours.next();
      theirs.next();
      continue;
    }
    const [here, there] = [ours.line && orderOf(ours.line), theirs.line && orderOf(theirs.line)];
    if (there === undefined || (here !== undefined && here < there)) {
      found.onlyOurs.push(here);
      ours.next();
    } else if (here === undefined || there < here) {
      found.onlyTheirs.push(there);
      theirs.next();
    } else {
      found.differ.push(here);
      ours.next();
      theirs.next();
    }
  }
  closeSync(ours.file);
  closeSync(theirs.file);
  return found;
}
