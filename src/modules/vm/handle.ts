/** A Lua function among the arguments of a call, by its position. @module */
export class Handle {
  constructor(readonly position: number) {}
}
