/** itk3: see docs/architecture.md. */
export const room = "itk3";
