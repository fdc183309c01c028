import type { RunningBreakwater } from "#scripts/support/breakwater.ts";
import { firstMessage } from "#scripts/support/messages.ts";
import { adminCredentials, type HttpPerson, invitePerson, setUpAdmin } from "#scripts/support/person.ts";

export interface DemoContent {
  admin: HttpPerson;
  /** The code of an open invitation. */
  invitationCode: string;
  /** Conversations by what they show. */
  conversations: Record<string, string>;
}

/** What is asked of which agent of the sandbox. */
const questions = [
  { name: "markdown", agentId: "typesetter", text: "Show me a table, some code and a formula" },
  { name: "long", agentId: "longhand", text: "[[words 900]] One that is long enough to scroll" },
  { name: "tools", agentId: "toolsmith", text: "When can gate 2 be closed next week?" },
  { name: "hello", agentId: "harbour-guide", text: "What is Breakwater, and what can I do with it?" },
  { name: "failed", agentId: "harbour-guide", text: "[[http 400]] A message that the provider refuses" },
];

/** People, an invitation, and a conversation with each kind of agent. */
export async function fillWithDemoContent(server: RunningBreakwater): Promise<DemoContent> {
  const admin = await setUpAdmin(server, { ...adminCredentials, name: "Ada Brandt" });
  for (const [name, email] of [
    ["Li Wei", "li.wei@example.org"],
    ["Robin Keller", "robin@example.org"],
  ] as const) {
    await invitePerson(admin, { name, email, password: "a pass phrase for pictures" });
  }
  const invitation = await admin.json<{ url: string }>("POST", "/api/people/invitations", {
    role: "member",
    email: "new@example.org",
  });
  const conversations: Record<string, string> = {};
  for (const { name, agentId, text } of questions) {
    for await (const event of admin.send(firstMessage(text, agentId))) {
      if (event.type === "accepted") conversations[name] = event.conversationId;
    }
  }
  return { admin, invitationCode: invitation.url.split("/").at(-1) ?? "", conversations };
}
