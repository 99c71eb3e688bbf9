import { htmlFormat } from "./html-report.ts";
import { jsonFormat } from "./json-report.ts";
import type { ReportFormat } from "./report-format.ts";
import { sarifFormat } from "./sarif-report.ts";
import { type TextOptions, textFormat } from "./text-report.ts";

export type FormatName = "text" | "json" | "sarif" | "html";

export const formatNames: readonly FormatName[] = ["text", "json", "sarif", "html"];

export interface FormatOptions extends TextOptions {
  readonly version: string;
  readonly now: Date;
}

export function formatNamed(name: FormatName, options: FormatOptions): ReportFormat {
  switch (name) {
    case "text":
      return textFormat(options);
    case "json":
      return jsonFormat(options);
    case "sarif":
      return sarifFormat(options);
    case "html":
      return htmlFormat(options);
  }
}
