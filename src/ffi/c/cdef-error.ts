/** A declaration that cannot be taken; the message is what Lua sees, in LuaJIT's words. */
export class CdefError extends Error {
  override readonly name = "CdefError";
  constructor(message: string, line = 1) {
    super(line > 1 ? `${message} at line ${line}` : message);
  }
}
