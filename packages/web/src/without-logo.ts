/**
 * The head of a page as the design system draws it, and the service's name alone where the NHS logo is: that stands on pages only
 * where whoever runs them says that it may (NHS identity guidelines; decision 297).
 */
export function withoutLogo(header: string): string {
  return header.replace(
    /<a class="nhsuk-header__service-logo" href="([^"]*)"[^>]*>[\s\S]*?<span class="nhsuk-header__service-name">([\s\S]*?)<\/span>\s*<\/a>/,
    '<a class="nhsuk-header__service-name" href="$1">$2</a>',
  );
}
