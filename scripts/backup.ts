// `npm run backup [file]`: a consistent copy of the database, while the server runs.
import path from "node:path";
import { env } from "#lib/server/env.ts";
import { keyFileNames } from "#lib/server/store/keys.ts";
import { backUp } from "#lib/server/store/sqlite/backup.ts";

const { databaseUrl, dataDir, dataKey, authSecret } = env();
const stamp = new Date().toISOString().slice(0, 19).replaceAll(/[:T]/g, "-");
const given = process.argv[2];

if (databaseUrl === undefined) {
  const file = path.resolve(given ?? path.join("backups", `breakwater-${stamp}.sqlite`));
  try {
    await backUp(dataDir, file);
    console.log(`The database was copied to ${file}.`);
    console.log("Keep these beside it, or its stored credentials and its audit chain cannot be read:");
    console.log(`  ${dataKey === undefined ? path.join(dataDir, keyFileNames.dataKey) : "the value of DATA_KEY"}`);
    console.log("With this one too, people stay signed in:");
    console.log(
      `  ${authSecret === undefined ? path.join(dataDir, keyFileNames.authSecret) : "the value of AUTH_SECRET"}`,
    );
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
} else {
  const file = path.resolve(given ?? path.join("backups", `breakwater-${stamp}.dump`));
  console.error("The database is PostgreSQL, and nothing was copied. Its own tool does that while the server runs:");
  console.error(`  pg_dump --format=custom --no-owner --file='${file}' "$DATABASE_URL"`);
  console.error("Keep the values of DATA_KEY and AUTH_SECRET beside the file.");
  process.exitCode = 2;
}
