/** Conversations, the composer and the states of a turn. */
export const chat = {
  newChat: "New chat",
  continuePrompt: "Please go on exactly where your last answer stopped.",
} as const;
