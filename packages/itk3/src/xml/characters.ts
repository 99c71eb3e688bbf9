/** Whether XML 1.0 can hold `text`: no control characters but tab and line ends, no half of a surrogate pair. */
export function isXmlText(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- these are the characters that XML 1.0 cannot hold
  return !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text) && text.isWellFormed();
}
