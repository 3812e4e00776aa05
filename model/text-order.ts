/** Order of texts by code unit: the same on every computer, unlike an order by locale. For `sort`. */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
