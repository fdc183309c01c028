/** Runs once when a server process starts; not at build time. */
export async function register(): Promise<void> {
  if (process.env["NEXT_RUNTIME"] === "nodejs") {
    const { boot } = await import("#lib/server/boot.ts");
    await boot();
  }
}
