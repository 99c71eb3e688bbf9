import type { LocalAuthority } from "@restante/authority";
import type { EmbeddedServerConfig } from "@restante/mesh-server";
import { defaultConfig, testAuthority, testDirectory } from "@restante/testbed";

/** What a server needs, in a folder of its own that goes at the end: as in production, but for what the tests make small. */
export async function prepareServer(
  closing: AsyncDisposableStack,
): Promise<{ authority: LocalAuthority; config: EmbeddedServerConfig }> {
  const authority = await testAuthority();
  const t = { after: (close: () => unknown) => closing.defer(async () => void (await close())) };
  const { tickMs: _, reserveBytes: __, ...config } = await defaultConfig(t, authority, testDirectory());
  return { authority, config };
}
