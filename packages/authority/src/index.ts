export { type CertificateRequest, clientCommonName, type IssuedCertificate, localHosts } from "./certificate.ts";
export { LocalAuthorityError, type LocalAuthorityErrorCode } from "./errors.ts";
export { issueExpired } from "./issue-expired.ts";
export { createLocalAuthority, type LocalAuthority, type LocalAuthorityOptions } from "./local-authority.ts";
export { createCertificateRequest, type MadeRequest } from "./request.ts";
