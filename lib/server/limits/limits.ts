import "server-only";

const seconds = 1000;
const minutes = 60 * seconds;
const kB = 1024;
const MB = 1024 * kB;

/** Every limit of the server, in one place. Names carry the unit. */
export const limits = {
  /** Bodies of JSON requests. */
  jsonBodyBytes: 1 * MB,
  message: {
    textChars: 200_000,
    images: 8,
  },
  attachment: {
    fileBytes: 10 * MB,
    /** As base64 a third is added, and the gateway takes 20 MB in one request. */
    messageBytes: 14 * MB,
    personBytes: 500 * MB,
    nameChars: 200,
    chunkBytes: 256 * kB,
    /** An upload that sends nothing for this long is broken off. */
    idleMs: 30 * seconds,
    /** What is still read of an upload that was refused. */
    refusedBytes: 40 * MB,
    refusedMs: 10 * seconds,
  },
  draftChars: 200_000,
  titleChars: 200,
  pinnedConversations: 100,
  page: {
    messages: 50,
    messagesAtMost: 200,
    messagesAroundHit: 1000,
    conversations: 50,
    hits: 30,
    titles: 10,
    audit: 100,
    jobs: 50,
    billing: 50,
  },
  search: {
    queryChars: 500,
    /** Of longer messages the beginning is indexed. */
    messageChars: 1_000_000,
    /** Hits are counted, and paged through, up to here. */
    countedHits: 1000,
    /** Titles are looked through, last changed first, up to here. */
    titles: 5000,
  },
  queue: { perConversation: 10 },
  runs: {
    /** Runs of one person that stream or wait for a place at once. */
    perPerson: 8,
    /** Turns sent to the gateway at once unless OPENCLAW_MAX_TURNS says otherwise; it runs max(8, 4 x CPUs) itself. */
    gatewayPlaces: 16,
    /** Runs waiting for a place; beyond it a send is refused. */
    waiting: 1000,
    answerChars: 4_000_000,
  },
  upstream: {
    firstByteMs: 30 * seconds,
    /** For gateways whose role chunk comes only with the first token, and for calls without a stream. */
    slowFirstByteMs: 180 * seconds,
    idleMs: 180 * seconds,
    totalMs: 30 * minutes,
    lineBytes: 1 * MB,
    /** What the gateway takes in one request; not configurable there. */
    requestBytes: 20 * MB,
    /** Answers that are read whole. */
    bodyBytes: 20 * MB,
    probeMs: 8 * seconds,
  },
  openmarlin: {
    /** Calls that answer with JSON at once. */
    call: { firstByteMs: 30 * seconds, idleMs: 30 * seconds, totalMs: 60 * seconds },
    /** Usage and ledger come whole, whatever their length. */
    answerBytes: 10 * MB,
    requestBytes: 4 * MB,
    /** Executions sent at once by this process. */
    places: 64,
    /** A message that waits for credit starts by itself for this long. */
    waitingStartsMs: 24 * 60 * minutes,
    topUpMs: 72 * 60 * minutes,
    videoMs: 24 * 60 * minutes,
    registrationMs: 60 * minutes,
    /** Rows of usage and ledger that are read through, newest first. */
    rows: 10_000,
    artifact: { firstByteMs: 30 * seconds, idleMs: 60 * seconds, totalMs: 60 * minutes },
  },
  stream: {
    /** A reader that has this much unread is dropped and resumes. */
    readerBytes: 1 * MB,
    keepAliveMs: 12 * seconds,
    silenceFromMs: 10 * seconds,
    silenceEveryMs: 5 * seconds,
    windowMs: 12,
    flushMs: 250,
    readersPerPerson: 30,
  },
  lease: {
    heartbeatMs: 1 * seconds,
    /** A process silent for this long is gone, and its runs are interrupted. */
    expiresMs: 10 * seconds,
  },
  jobs: {
    /** Upstream calls for jobs that this process makes at once. */
    pollsAtOnce: 16,
    tickMs: 500,
    /** One check, and one submit, must be over within this; then another process may take the job. */
    leaseMs: 90 * seconds,
    /** No job is asked about sooner than this after the last time, whatever happened in between. */
    shortestMs: 2 * seconds,
    activePerPerson: 50,
    /** A 404 counts after this many in a row: an upstream that restarts may forget for a moment. */
    notFoundInARow: 3,
  },
  drainMs: 25 * seconds,
  readinessGraceMs: 5 * seconds,
  undoMs: 10 * minutes,
  orphanAttachmentMs: 24 * 60 * minutes,
  brokenUploadMs: 60 * minutes,
  session: { ageMs: 30 * 24 * 60 * minutes, touchMs: 1 * minutes },
  code: { inviteMs: 72 * 60 * minutes, resetMs: 24 * 60 * minutes, setUpMs: 24 * 60 * minutes },
  password: { minChars: 10, maxChars: 200 },
  signIn: { failuresPerAccount: 10, failuresPerAddress: 50, windowMs: 15 * minutes },
  /** Requests of one person (or, where nobody is signed in, of one address): points a window. */
  rates: {
    read: { points: 1200, windowMs: 60 * seconds },
    write: { points: 300, windowMs: 60 * seconds },
    send: { points: 120, windowMs: 60 * seconds },
    upload: { points: 120, windowMs: 60 * seconds },
    search: { points: 240, windowMs: 60 * seconds },
    public: { points: 120, windowMs: 60 * seconds },
    admin: { points: 300, windowMs: 60 * seconds },
  },
} as const;

export type RateName = keyof typeof limits.rates;
