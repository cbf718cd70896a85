/**
 * `cloudflare:workers` outside of Workers: classes that codemode's own executors extend, which these tests do not use.
 * @module
 */
export class RpcTarget {}
export class WorkerEntrypoint {}
export class DurableObject {}
