/**
 * One runtime lease (engine.md §10): its identity, its lifetime, and the VM that keeps its globals.
 * @module
 */
import type { JsonObject } from "../../contract/contract.ts";
import type { LoadedVm } from "../vms/loaded-vm.ts";
import type { CreateRequest, LeaseProfile } from "./lease-requests.ts";

export interface LeaseIdentity {
  readonly leaseId: string;
  readonly sid: string;
  readonly generation: number;
  readonly profile: LeaseProfile;
}

export class Lease {
  /** An eval is in flight. */
  busy = false;
  /** Made by the first eval, and again after one that had to be stopped. */
  vm: LoadedVm | undefined;
  /** Unix milliseconds; undefined: never. */
  expiresAt: number | undefined;
  /** No longer known to the manager; the VM ends with the eval that still runs. */
  dropped = false;

  constructor(
    readonly identity: LeaseIdentity,
    readonly request: CreateRequest,
    /** The directory of the system profile. */
    readonly systemLuaLib: string | undefined,
    now: number,
  ) {
    this.extend(now);
  }

  get cwd(): string | undefined {
    return this.request.cwd ?? this.systemLuaLib;
  }

  /** The system library comes first, unless the request gives it a place. */
  get luaRoots(): readonly string[] {
    const { luaRoots } = this.request;
    const { systemLuaLib: library } = this;
    return library === undefined || luaRoots.includes(library) ? luaRoots : [library, ...luaRoots];
  }

  extend(now: number): void {
    const { ttlSecs } = this.request;
    this.expiresAt = ttlSecs === undefined ? undefined : now + ttlSecs * 1000;
  }

  expired(now: number): boolean {
    return this.expiresAt !== undefined && now >= this.expiresAt;
  }

  /** Ends the VM now, or when the running eval ends. */
  drop(): void {
    this.dropped = true;
    if (!this.busy) this.closeVm();
  }

  closeVm(): void {
    this.vm?.vm.close();
    this.vm = undefined;
  }

  /** The members every answer starts with. */
  #head(): JsonObject {
    const { sid, leaseId, generation, profile } = this.identity;
    const lifetime = this.request.ttlSecs === undefined ? "infinite" : "finite";
    return { ok: true, sid, lease_id: leaseId, generation, profile, lifetime, cwd: this.cwd ?? null };
  }

  created(): JsonObject {
    return {
      ...this.#head(),
      workspace_root: this.request.workspaceRoot ?? null,
      system_lua_lib: this.systemLuaLib ?? null,
      ttl_sec: this.request.ttlSecs ?? null,
      expires_at_unix_ms: this.expiresAt ?? null,
    };
  }

  status(closed = false): JsonObject {
    return { ...this.created(), closed, expired: false };
  }

  evaluated(result: JsonObject[string]): JsonObject {
    return {
      ...this.#head(),
      system_lua_lib: this.systemLuaLib ?? null,
      expires_at_unix_ms: this.expiresAt ?? null,
      result,
    };
  }
}
