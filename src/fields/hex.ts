/** Decimal digits as a hexadecimal string, exact at any length: `4194624` → `0x00400140`. Negative numbers as 32 bits. */
export function exactHex(decimal: string, minimumDigits: number): string {
  const value = decimal.startsWith('-') ? BigInt.asUintN(32, BigInt(decimal)) : BigInt(decimal);
  return '0x' + value.toString(16).padStart(minimumDigits, '0');
}
