import { describe, expect, it } from "vitest";
import {
  addCredits,
  compareCredits,
  creditsNumber,
  creditsOf,
  formatCredits,
  parseTopUp,
  shortfallOf,
  subtractCredits,
  topUpFor,
} from "./money.ts";

describe("an amount from an upstream", () => {
  it.each([
    [1, "1"],
    [1.0, "1"],
    [0.1, "0.1"],
    [-2.5, "-2.5"],
    [-0, "0"],
    [1e-7, "0.0000001"],
    [123456789.123, "123456789.123"],
    [Number.NaN, null],
    [Number.POSITIVE_INFINITY, null],
    [1e16, null],
  ])("%s is %s", (value, text) => {
    expect(creditsOf(value)).toBe(text);
  });
});

describe("credits", () => {
  it("are added and compared exactly, where floating point is not", () => {
    expect(addCredits("0.1", "0.2")).toBe("0.3");
    expect(subtractCredits("0.3", "0.1")).toBe("0.2");
    expect(subtractCredits("1", "1.5")).toBe("-0.5");
    expect(compareCredits("0.3", addCredits("0.1", "0.2"))).toBe(0);
    expect(compareCredits("10", "9.99")).toBe(1);
    expect(compareCredits("-1", "0")).toBe(-1);
    expect(creditsNumber("12.5")).toBe(12.5);
  });

  it("name a shortfall, and an amount to buy that covers it", () => {
    expect(shortfallOf("1", "3.5")).toBe("2.5");
    expect(shortfallOf("4", "3.5")).toBe("0");
    expect(topUpFor("1", "3.5")).toBe("2.5");
    expect(topUpFor("0", "0.0375")).toBe("0.04");
    expect(topUpFor("5", "3")).toBe("3");
  });

  it("are written as the language does, to the last digit", () => {
    expect(formatCredits("1234.5", "en")).toBe("1,234.5");
    expect(formatCredits("0.000000000001", "en")).toBe("0.000000000001");
  });
});

describe("an amount that a person typed", () => {
  it.each([
    ["5", "5"],
    [" 12.50 ", "12.5"],
    ["0,01", "0.01"],
    [".5", "0.5"],
    ["10000", "10000"],
    ["+3.", "3"],
  ])("%j is %s", (text, amount) => {
    expect(parseTopUp(text)).toEqual({ amount });
  });

  it.each([
    ["", "not_a_number"],
    ["abc", "not_a_number"],
    ["1e3", "not_a_number"],
    ["1,000.50", "not_a_number"],
    ["0x10", "not_a_number"],
    ["NaN", "not_a_number"],
    ["Infinity", "not_a_number"],
    ["٣", "not_a_number"],
    ["0", "not_positive"],
    ["0.00", "not_positive"],
    ["-5", "not_positive"],
    ["0.001", "too_fine"],
    ["5.005", "too_fine"],
    ["10000.01", "too_large"],
    ["99999999999999999999", "too_large"],
  ])("%j is refused: %s", (text, problem) => {
    expect(parseTopUp(text)).toEqual({ problem });
  });
});
