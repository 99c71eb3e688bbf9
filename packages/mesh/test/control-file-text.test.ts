import assert from "node:assert/strict";
import { test } from "node:test";
import { readControlFile, writeControlFile } from "@restante/mesh";

const subject = "Report for Ms O\u2019Neill \u2013 \u201Curgent\u201D, 20 \u20AC, na\u00EFve \u0160koda";
/** The same in windows-1252. */
const bytes1252 = Buffer.from("Report for Ms O\x92Neill \x96 \x93urgent\x94, 20 \x80, na\xEFve \x8Akoda", "latin1");

function file(declaration: string, text: Uint8Array): Buffer {
  const [before, after] = [
    `${declaration}<DTSControl><AddressType>DTS</AddressType><MessageType>Data</MessageType><Subject>`,
    "</Subject></DTSControl>",
  ];
  return Buffer.concat([Buffer.from(before), text, Buffer.from(after)]);
}

function declared(encoding: string): string {
  return `<?xml version="1.0" encoding="${encoding}"?>\r\n`;
}

function wide(text: string, { littleEndian }: { littleEndian: boolean }): Buffer {
  const bytes = Buffer.from(text, "utf16le");
  return littleEndian ? bytes : bytes.swap16();
}

const declarations = [
  "",
  ...["windows-1252", "Windows-1252", "ISO-8859-1", "latin1", "cp1252", "UTF-8", "US-ASCII", "UTF-16", "x"].map(
    declared,
  ),
];

for (const declaration of declarations) {
  test(`a file of Windows that declares "${declaration.trim()}" has its curly quotes, dashes and euros`, () => {
    assert.equal(readControlFile(file(declaration, bytes1252)).subject, subject);
  });
}

test("what is read is written as it reads, in UTF-8", () => {
  const written = writeControlFile(readControlFile(file(declared("windows-1252"), bytes1252)));
  assert.ok(written.includes(`<Subject>${subject}</Subject>`));
  assert.equal(readControlFile(Buffer.from(written)).subject, subject);
});

test("every byte of windows-1252 is the character that the Encoding Standard gives it", () => {
  const all = Uint8Array.from({ length: 128 }, (_, index) => 0x80 + index);
  // Not valid UTF-8 as a whole.
  const expected = new TextDecoder("windows-1252").decode(all);
  assert.equal(readControlFile(file("", all)).subject, expected.trim());
  assert.equal(expected.codePointAt(0x12), 0x2019);
});

test("another encoding of one byte a character is read as declared, and valid UTF-8 as UTF-8 whatever it declares", () => {
  assert.equal(
    readControlFile(file(declared("iso-8859-2"), Buffer.from([0xa3, 0xf3, 0x64, 0xbc]))).subject,
    "\u0141\u00F3d\u017A",
  );
  for (const encoding of ["windows-1252", "ISO-8859-1", "UTF-16"]) {
    assert.equal(readControlFile(file(declared(encoding), Buffer.from(subject))).subject, subject);
  }
});

for (const littleEndian of [true, false]) {
  for (const mark of ["\uFEFF", ""]) {
    const what = `UTF-16, ${littleEndian ? "little" : "big"}-endian, ${mark === "" ? "without" : "with"} its mark`;
    test(`a file in ${what}, is read, declared or not`, () => {
      for (const declaration of ["", declared("UTF-16"), declared("windows-1252")]) {
        const text = mark + file(declaration, Buffer.from(`${subject} \u{1F48C}`)).toString();
        assert.equal(readControlFile(wide(text, { littleEndian })).subject, `${subject} \u{1F48C}`);
      }
    });
  }
}
