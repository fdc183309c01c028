// `npm run restore <file>`: puts a backup in the place of the database. Refuses while the server runs.
import path from "node:path";
import { env } from "#lib/server/env.ts";
import { restore } from "#lib/server/store/sqlite/backup.ts";

const { databaseUrl, dataDir } = env();
const given = process.argv[2];

if (given === undefined) {
  console.error("Name the file to restore: npm run restore -- <file>");
  process.exitCode = 2;
} else if (databaseUrl === undefined) {
  try {
    const kept = await restore(dataDir, path.resolve(given));
    console.log(`The database in ${dataDir} is now the one from ${given}.`);
    if (kept !== null) console.log(`The one before is kept as ${kept}.`);
    console.log("It opens only with the DATA_KEY it was made with.");
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
} else {
  console.error(
    "The database is PostgreSQL, and nothing was restored. Stop every server, then let its own tool do it:",
  );
  console.error(
    `  pg_restore --clean --if-exists --no-owner --single-transaction --dbname="$DATABASE_URL" '${path.resolve(given)}'`,
  );
  process.exitCode = 2;
}
