/**
 * Derives the shipped `lua.wasm` from wasmoon's `glue.wasm`: a budget on jumps, calls and C loops, longjmp and the
 * border to JavaScript inside the module, the parts of the LuaJIT dialect no prelude can add at no cost (number text,
 * fractional integer arguments, `%` in replacements, empty matches, `<=` by `__lt`, `tonumber` with a base, wording of errors), small
 * initial memory. What the Lua room never uses is left out.
 * @module
 */
import { createHash } from "node:crypto";
import { refuseInPairs, refuseInUnpack, takeNumbersWithBase } from "./base-library.ts";
import { addBridge } from "./bridge.ts";
import { internaliseLongjmp } from "./longjmp.ts";
import { answerAsMetamethod, placeNumbersOfAssert, readWideDigits } from "./luajit/base-functions.ts";
import { countInDoubles } from "./luajit/doubles.ts";
import { countEmptyMatches } from "./luajit/empty-matches.ts";
import { repeatNothingAtOnce } from "./luajit/empty-repeats.ts";
import { skipLoopsOverNan } from "./luajit/for-loops.ts";
import { takeBytesAsLetters } from "./luajit/identifiers.ts";
import { truncateIntegerArguments } from "./luajit/integer-arguments.ts";
import { labelInnerBlocks } from "./luajit/labels.ts";
import { formatLeniently } from "./luajit/lenient-format.ts";
import { deriveLessOrEqual } from "./luajit/less-or-equal.ts";
import { reduceByFloor } from "./luajit/modulo.ts";
import { nestDeeper } from "./luajit/nesting.ts";
import { compareNumbersOnly, divideByZero } from "./luajit/numbers-only.ts";
import { spellNumbersAsLuaJit } from "./luajit/numerals.ts";
import { saturatePositions } from "./luajit/positions.ts";
import { stepRaw } from "./luajit/raw-ipairs.ts";
import { readListsRaw } from "./luajit/raw-lists.ts";
import { compareBySharedEquality } from "./luajit/shared-equality.ts";
import { skipCommonPrefix } from "./luajit/string-order.ts";
import { compareUserdataByValue } from "./luajit/userdata-equality.ts";
import { shrinkInitialMemory } from "./memory.ts";
import { addBudget } from "./metering/budget.ts";
import { addCTicks } from "./metering/c-ticks.ts";
import { addParserTicks } from "./metering/parser-ticks.ts";
import { addVmTicks } from "./metering/vm-ticks.ts";
import { chargeOtherWork } from "./metering/work-charge.ts";
import { gluePin } from "./pins.ts";
import { wordErrorsAsLuaJit, writeLuaJitErrorTexts } from "./texts/error-texts.ts";
import { printNanWithoutSign, useLuaJitNumberText } from "./texts/number-text.ts";
import { acceptEscapedReplacements } from "./texts/replacement-text.ts";
import { StaticData } from "./texts/static-data.ts";
import { walkLevelsOnce } from "./texts/traceback-levels.ts";
import { blankUnusedTexts } from "./texts/unused-texts.ts";
import { trim } from "./trim.ts";
import { WatModule } from "./wat-module.ts";

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** @throws when the input is not wasmoon 1.16.0's `glue.wasm` */
export async function deriveLuaWasm(glue: Uint8Array): Promise<Uint8Array> {
  const hash = sha256(glue);
  if (hash !== gluePin) {
    throw new Error(
      `lua.wasm derivation: unknown input (sha256 ${hash}, expected ${gluePin}): ` +
        "it must be the untouched dist/glue.wasm of wasmoon 1.16.0. Reinstall the packages with `npm ci`.",
    );
  }
  return deriveUnpinned(glue);
}

/** As {@link deriveLuaWasm} without looking at the input's hash; every anchor is still checked. For tests. */
export async function deriveUnpinned(glue: Uint8Array): Promise<Uint8Array> {
  const data = new StaticData(glue);
  const module = await WatModule.read(glue);
  const execute = addVmTicks(module, data);
  const ticking = addCTicks(module, data);
  const parsing = addParserTicks(module, data);
  chargeOtherWork(module, new Set([execute, ...ticking, ...parsing]));
  internaliseLongjmp(module);
  addBudget(module);
  addBridge(module);
  truncateIntegerArguments(module, data);
  saturatePositions(module);
  acceptEscapedReplacements(module, data);
  countEmptyMatches(module, data);
  deriveLessOrEqual(module, data);
  printNanWithoutSign(module, data);
  refuseInPairs(module, data);
  refuseInUnpack(module, data);
  readWideDigits(module, data);
  takeNumbersWithBase(module, data);
  placeNumbersOfAssert(module, data);
  answerAsMetamethod(module, data);
  labelInnerBlocks(module, data);
  wordErrorsAsLuaJit(module, data);
  countInDoubles(module, data);
  skipLoopsOverNan(module);
  takeBytesAsLetters(module, data);
  compareBySharedEquality(module, data);
  formatLeniently(module, data);
  stepRaw(module);
  readListsRaw(module, data);
  repeatNothingAtOnce(module, data);
  spellNumbersAsLuaJit(module);
  nestDeeper(module, data);
  compareUserdataByValue(module, data);
  skipCommonPrefix(module);
  walkLevelsOnce(module);
  divideByZero(module, data);
  reduceByFloor(module, data);
  compareNumbersOnly(module, data);
  shrinkInitialMemory(module);
  const wasm = await trim(await module.toBinary(), data);
  useLuaJitNumberText(wasm);
  writeLuaJitErrorTexts(wasm);
  await blankUnusedTexts(wasm);
  return wasm;
}
