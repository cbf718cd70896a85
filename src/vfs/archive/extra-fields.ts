/** Sizes and offsets that are in the zip64 field, because 32 bits do not hold them or because the tool streams. */
export const inZip64 = 0xffffffff;
const zip64Field = 1;

/** The extra fields of an entry by their id; what is cut off is left out. */
export function extraFields(bytes: Uint8Array): Map<number, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields = new Map<number, Uint8Array>();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const end = at + 4 + view.getUint16(at + 2, true);
    if (end > bytes.length) break;
    fields.set(view.getUint16(at, true), bytes.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

/** `values` with each that the zip64 field holds taken from there, in order; undefined when the field lacks one. */
export function wideValues(values: readonly number[], fields: ReadonlyMap<number, Uint8Array>): number[] | undefined {
  const field = fields.get(zip64Field) ?? new Uint8Array(0);
  const view = new DataView(field.buffer, field.byteOffset, field.byteLength);
  const out: number[] = [];
  let at = 0;
  for (const value of values) {
    if (value !== inZip64) {
      out.push(value);
      continue;
    }
    if (at + 8 > field.length) return undefined;
    out.push(Number(view.getBigUint64(at, true)));
    at += 8;
  }
  return out;
}
