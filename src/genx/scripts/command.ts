/** A handler of a command, as a runtime takes them. */
export type Command = (payload: unknown, options: { readonly signal: AbortSignal }) => Promise<unknown>;
