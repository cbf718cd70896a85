/**
 * What reads streams lies in one lazy file.
 * @module
 */
export { httpClientModule } from "../http/http-client.ts";
export { streamModule } from "../stream/stream.ts";
export { fsModule } from "./fs.ts";
