import type { LeaseManager } from "./lease-manager.ts";

/** Where an engine keeps its leases. The manager comes with the first lease request (lease-methods.ts): few engines get one. */
export class LeaseSlot {
  manager: LeaseManager | undefined;

  dropAll(): void {
    this.manager?.dropAll();
  }
}
