/**
 * The leases of one engine (engine.md §10.1, §10.3, §10.4). Expired ones are retired when the manager is used; ends are
 * remembered for an hour. A reload replaces the manager, so nothing of the old leases is known afterwards.
 * @module
 */

import { compareBytes } from "../../base/bytes/byte-order.ts";
import type { JsonObject } from "../../contract/contract.ts";
import type { Clock } from "../../lua/interface.ts";
import { Lease, type LeaseIdentity } from "./lease.ts";
import { type CreateRequest, type LeaseAddress, type LeaseProfile, leaseFailure } from "./lease-requests.ts";

type End = "closed" | "expired" | "replaced";

interface Tombstone {
  readonly identity: LeaseIdentity;
  readonly end: End;
  readonly at: number;
}

const maxLeases = 8;
const tombstoneMs = 3_600_000;

/** A lease, or the answer that says why there is none. */
export type Found = { readonly lease: Lease } | { readonly refused: JsonObject };

export class LeaseManager {
  readonly #leases = new Map<string, Lease>();
  readonly #tombstones = new Map<string, Tombstone>();
  readonly #generations = new Map<string, number>();
  #lastNumber = 0;

  constructor(private readonly clock: Clock) {}

  create(profile: LeaseProfile, request: CreateRequest, systemLuaLib: string | undefined): JsonObject {
    const now = this.#retire();
    const { sid } = request;
    const existing = [...this.#leases.values()].find((lease) => lease.identity.sid === sid);
    if (existing) {
      const id = existing.identity.leaseId;
      if (!request.replace) {
        return leaseFailure("lease_exists", `runtime session SID \`${sid}\` already has lease \`${id}\``);
      }
      if (existing.busy) {
        return leaseFailure("lease_busy", `runtime session SID \`${sid}\` cannot replace busy lease \`${id}\``);
      }
    } else if (this.#leases.size >= maxLeases) {
      return leaseFailure("lease_limit_exceeded", "runtime session lease limit exceeded");
    }
    if (existing) this.#end(existing, "replaced", now);
    this.#lastNumber += 1;
    const generation = (this.#generations.get(sid) ?? 0) + 1;
    this.#generations.set(sid, generation);
    const identity = { leaseId: `rt_${now}_${this.#lastNumber}`, sid, generation, profile };
    const lease = new Lease(identity, request, systemLuaLib, now);
    this.#leases.set(identity.leaseId, lease);
    return lease.created();
  }

  /** The lease of an address, for an eval or a status. A busy one answers nothing, not even whether it is the right one. */
  find(profile: LeaseProfile, address: LeaseAddress): Found {
    this.#retire();
    const lease = this.#leases.get(address.leaseId);
    if (lease?.busy) return { refused: busy(address.leaseId) };
    const tombstone = this.#tombstones.get(address.leaseId);
    const identity = lease?.identity ?? tombstone?.identity;
    if (!identity) {
      return { refused: leaseFailure("lease_not_found", `${named(address.leaseId)} was not found`) };
    }
    const mismatch = mismatchOf(identity, profile, address);
    if (mismatch) return { refused: mismatch };
    if (lease) return { lease };
    return { refused: ended(identity, tombstone?.end ?? "closed") };
  }

  status(profile: LeaseProfile, address: LeaseAddress): JsonObject {
    const found = this.find(profile, address);
    return "lease" in found ? found.lease.status() : found.refused;
  }

  list(profile: LeaseProfile, sid: string | undefined): JsonObject {
    this.#retire();
    const leases = [...this.#leases.values()]
      .filter(({ identity }) => identity.profile === profile && (sid === undefined || identity.sid === sid))
      .sort((a, b) => compareIdentities(a.identity, b.identity));
    return { ok: true, leases: leases.map((lease) => lease.status()) };
  }

  close(profile: LeaseProfile, address: LeaseAddress): JsonObject {
    const found = this.find(profile, address);
    if ("refused" in found) return found.refused;
    this.#end(found.lease, "closed", this.clock.now());
    return found.lease.status(true);
  }

  /** Marks the lease of an accepted eval busy and extends it. */
  begin(profile: LeaseProfile, address: LeaseAddress): Found {
    const found = this.find(profile, address);
    if ("refused" in found) return found;
    found.lease.busy = true;
    found.lease.extend(this.clock.now());
    return found;
  }

  /** Ends everything without a trace. */
  dropAll(): void {
    for (const lease of this.#leases.values()) lease.drop();
    this.#leases.clear();
    this.#tombstones.clear();
    this.#generations.clear();
  }

  /** Drops what has expired and forgets old ends. Busy leases live until their eval is over. Answers the time. */
  #retire(): number {
    const now = this.clock.now();
    for (const lease of this.#leases.values()) {
      if (!lease.busy && lease.expired(now)) this.#end(lease, "expired", now);
    }
    for (const [id, { at }] of this.#tombstones) if (now - at >= tombstoneMs) this.#tombstones.delete(id);
    return now;
  }

  #end(lease: Lease, end: End, at: number): void {
    this.#leases.delete(lease.identity.leaseId);
    this.#tombstones.set(lease.identity.leaseId, { identity: lease.identity, end, at });
    lease.drop();
  }
}

function named(leaseId: string): string {
  return `runtime session lease \`${leaseId}\``;
}

function busy(leaseId: string): JsonObject {
  return leaseFailure("lease_busy", `${named(leaseId)} is busy`);
}

function ended({ leaseId, sid, generation }: LeaseIdentity, end: End): JsonObject {
  const verb = end === "replaced" ? "was replaced" : `is ${end}`;
  return leaseFailure(`lease_${end}`, `${named(leaseId)} ${verb} (sid \`${sid}\`, generation ${generation})`);
}

/** Checked in this order, for ended leases too. */
function mismatchOf(identity: LeaseIdentity, profile: LeaseProfile, address: LeaseAddress): JsonObject | undefined {
  const lease = named(identity.leaseId);
  if (address.sid !== undefined && address.sid !== identity.sid) {
    return leaseFailure("lease_sid_mismatch", `${lease} belongs to sid \`${identity.sid}\`, not \`${address.sid}\``);
  }
  if (address.generation !== undefined && address.generation !== identity.generation) {
    const message = `${lease} generation mismatch: expected ${address.generation}, actual ${identity.generation}`;
    return leaseFailure("lease_generation_mismatch", message);
  }
  if (identity.profile !== profile) {
    const message = `${lease} belongs to profile \`${identity.profile}\`, not \`${profile}\``;
    return leaseFailure("lease_profile_mismatch", message);
  }
  return undefined;
}

function compareIdentities(a: LeaseIdentity, b: LeaseIdentity): number {
  return compareBytes(a.sid, b.sid) || a.generation - b.generation || compareBytes(a.leaseId, b.leaseId);
}

/** The leases of an engine. */
export function leasesOf(engine: {
  leases: LeaseManager | undefined;
  readonly platform: { readonly clock: Clock };
}): LeaseManager {
  engine.leases ??= new LeaseManager(engine.platform.clock);
  return engine.leases;
}
