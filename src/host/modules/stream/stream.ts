/**
 * The module `stream`: streams in memory. Those of files and bodies come from `fs` and `http_client` and have the same methods.
 * @module
 */
import type { HeldBytes } from "../held-bytes.ts";
import type { BuiltInModule } from "../services.ts";
import { ByteStream, MemoryBytes } from "./byte-stream.ts";
import { scannerType, streamType } from "./stream-type.ts";

class MemoryStream extends ByteStream {
  constructor(content: Uint8Array, held: HeldBytes) {
    super(new MemoryBytes(content, held), { readable: true, writable: true });
  }
}

export const streamModule: BuiltInModule = (kit, { heldBy }) => {
  const { arg, defineModule, fn, t } = kit;
  const ScannerType = scannerType(kit);
  const StreamType = streamType(kit, "stream.Stream", MemoryStream, ScannerType);
  return defineModule({
    name: "stream",
    description: "Bytes read and written in pieces, and scanned for lines and words",
    class: ["io"],
    types: [StreamType, ScannerType],
    functions: {
      new: fn({
        params: [arg.bytes("content").opt()],
        returns: [StreamType, t.optional(t.luaError)],
        run: (call, content) => new MemoryStream(content ?? new Uint8Array(0), heldBy(call)),
      }),
    },
  });
};
