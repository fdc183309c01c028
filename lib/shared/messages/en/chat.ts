/** Conversations, the composer and the states of a turn. */
export const chat = {
  newChat: "New chat",
} as const;
