import { cellOf } from './cells.ts';
import { cellDisplayText, type Column } from './tableModel.ts';
import { isTimeName, timestampMilliseconds } from './timestamps.ts';

/** What the values of a column have in common. */
export class ColumnFacts {
  readonly #key: string;
  readonly #name: string;
  readonly #isTime: boolean;
  #filled = 0;
  #isNumeric = true;
  #isUuid = true;
  #widest: number;

  constructor(key: string, name: string) {
    this.#key = key;
    this.#name = name;
    this.#isTime = isTimeName(name);
    // Names are bold and may be followed by an arrow.
    this.#widest = widthOf(name) + 3;
  }

  /** Takes the JSON of a value. */
  add(json: string): void {
    const first = json.charAt(0);
    if (first === 'n' || json === '""') {
      return;
    }
    this.#filled++;
    const isNumber = first === '-' || (first >= '0' && first <= '9');
    this.#isNumeric &&= isNumber && !(this.#isTime && timestampMilliseconds(this.#name, Number(json)) !== undefined);
    this.#isUuid &&= json.length === 38 && UUID.test(json);
    if (this.#filled <= SAMPLE) {
      const width = json.length > MAX_SAMPLE ? WIDEST : widthOf(cellDisplayText(cellOf(json), { name: this.#name }));
      this.#widest = Math.max(this.#widest, width);
    }
  }

  get column(): Column {
    const isUuid = this.#filled > 0 && this.#isUuid;
    return {
      key: this.#key,
      name: this.#name,
      isNumeric: this.#filled > 0 && this.#isNumeric,
      isUuid,
      // The whole name is shown, with its arrow, but not the whole of UUIDs.
      width: Math.min(WIDEST, isUuid ? Math.max(UUID_WIDTH, widthOf(this.#name) + 3) : this.#widest),
    };
  }
}

/** In units of a digit; capital letters are wider. */
function widthOf(text: string): number {
  const start = text.slice(0, WIDEST);
  return start.length + Math.ceil((start.match(/[A-Z]/g)?.length ?? 0) / 4);
}

const UUID = /^"[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}"$/i;
/** Eight digits and an ellipsis. */
const UUID_WIDTH = 10;
const WIDEST = 40;
const SAMPLE = 200;
const MAX_SAMPLE = 2000;
