import { crashTests } from "./lifecycle-crash-tests.ts";

crashTests("update");
