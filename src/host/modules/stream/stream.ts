/**
 * The module `stream`: streams in memory. Those of files and bodies come from `fs` and `http_client` and have the same methods.
 * @module
 */
import type { BuiltInModule } from "../services.ts";
import { ByteStream, MemoryBytes } from "./byte-stream.ts";
import { scannerType, streamType } from "./stream-type.ts";

class MemoryStream extends ByteStream {
  constructor(content: Uint8Array) {
    super(new MemoryBytes(content), { readable: true, writable: true });
  }
}

export const streamModule: BuiltInModule = (kit) => {
  const { arg, defineModule, fn } = kit;
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
        returns: [StreamType],
        run: (_call, content) => new MemoryStream(content ?? new Uint8Array(0)),
      }),
    },
  });
};
