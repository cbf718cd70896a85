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
import { addBudget } from "./budget.ts";
import { addCTicks } from "./c-ticks.ts";
import { countEmptyMatches } from "./empty-matches.ts";
import { wordErrorsAsLuaJit, writeLuaJitErrorTexts } from "./error-texts.ts";
import { truncateIntegerArguments } from "./integer-arguments.ts";
import { deriveLessOrEqual } from "./less-or-equal.ts";
import { internaliseLongjmp } from "./longjmp.ts";
import { answerAsMetamethod, placeNumbersOfAssert, readWideDigits } from "./luajit/base-functions.ts";
import { countInDoubles } from "./luajit/doubles.ts";
import { repeatNothingAtOnce } from "./luajit/empty-repeats.ts";
import { takeBytesAsLetters } from "./luajit/identifiers.ts";
import { labelInnerBlocks } from "./luajit/labels.ts";
import { formatLeniently } from "./luajit/lenient-format.ts";
import { reduceByFloor } from "./luajit/modulo.ts";
import { nestDeeper } from "./luajit/nesting.ts";
import { compareNumbersOnly, divideByZero } from "./luajit/numbers-only.ts";
import { spellNumbersAsLuaJit } from "./luajit/numerals.ts";
import { stepRaw } from "./luajit/raw-ipairs.ts";
import { readListsRaw } from "./luajit/raw-lists.ts";
import { compareBySharedEquality } from "./luajit/shared-equality.ts";
import { shrinkInitialMemory } from "./memory.ts";
import { printNanWithoutSign, useLuaJitNumberText } from "./number-text.ts";
import { addParserTicks } from "./parser-ticks.ts";
import { gluePin } from "./pins.ts";
import { acceptEscapedReplacements } from "./replacement-text.ts";
import { StaticData } from "./static-data.ts";
import { skipCommonPrefix } from "./string-order.ts";
import { walkLevelsOnce } from "./traceback-levels.ts";
import { trim } from "./trim.ts";
import { blankUnusedTexts } from "./unused-texts.ts";
import { compareUserdataByValue } from "./userdata-equality.ts";
import { addVmTicks } from "./vm-ticks.ts";
import { WatModule } from "./wat-module.ts";
import { chargeOtherWork } from "./work-charge.ts";

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
