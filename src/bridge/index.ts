/**
 * luaskills-wasm/bridge: the native bridge as a library, for hosts that start it themselves.
 * @module
 */
export type { BridgeConfig, BridgeLimits, PartialBridgeConfig, ProgramRule, RuntimeRule } from "./config.ts";
export { bridgeConfigSchema } from "./config-schema.ts";
export type { StoredToken, TokenStore } from "./pairing.ts";
export { BridgeServer, type BridgeServerOptions } from "./server.ts";
export type { BridgeService, ConnectionService, ServiceCall, ServiceContext } from "./service.ts";
export { tokenFile } from "./token-file.ts";
export { type InstalledTool, installTools, type ToolInstallation } from "./tools/install-tools.ts";
